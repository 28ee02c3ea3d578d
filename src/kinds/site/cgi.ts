import { keepRunning } from "../../daemons/unit.ts";
import type { Item } from "../../model/item.ts";
import { header, type Site } from "./layout.ts";

/**
 * Runs the site's CGI programs as the site's user, for either server: fcgiwrap(8) behind a socket that only the
 * site's group may open, and the web server belongs to that group.
 */
export function cgiRunner(site: Site, init: "systemd" | "none"): Item[] {
  const runtimeDirectory = site.cgiSocket.slice("/run/".length, -"/socket".length);
  return keepRunning(
    {
      name: runtimeDirectory,
      description: `CGI programs of ${site.name}`,
      header: header(site.name),
      command: {
        user: site.user,
        group: site.user,
        umask: 0o007,
        argv: ["/usr/sbin/fcgiwrap", "-s", `unix:${site.cgiSocket}`],
        runtimeDirectory,
        socket: site.cgiSocket,
      },
      hardening: [],
    },
    init,
  );
}
