import type { Item } from "../../model/item.ts";
import { header, type Site } from "./layout.ts";

/**
 * Runs the site's CGI programs as the site's user, for either server: fcgiwrap(8) behind a socket that only the
 * site's group may open, and the web server belongs to that group.
 */
export function cgiRunner(site: Site, init: "systemd" | "none"): Item[] {
  const runtimeDirectory = site.cgiSocket.slice("/run/".length, -"/socket".length);
  const name = runtimeDirectory;
  const argv = ["/usr/sbin/fcgiwrap", "-s", `unix:${site.cgiSocket}`] as const;
  const unit = [
    ...header(site.name).map((line) => `# ${line}`),
    "[Unit]",
    `Description=CGI programs of ${site.name}`,
    "",
    "[Service]",
    `User=${site.user}`,
    `Group=${site.user}`,
    "UMask=0007",
    `RuntimeDirectory=${runtimeDirectory}`,
    "RuntimeDirectoryMode=0750",
    `ExecStart=${argv.join(" ")}`,
    "Restart=on-failure",
    "NoNewPrivileges=yes",
    "PrivateTmp=yes",
    "",
    "[Install]",
    "WantedBy=multi-user.target",
    "",
  ].join("\n");
  return [
    ...(init === "systemd" ? enabledUnit(name, unit) : []),
    {
      type: "service",
      name,
      command: { user: site.user, group: site.user, umask: 0o007, argv, runtimeDirectory },
      definition: unit,
    },
  ];
}

/** A unit file and the link that starts it at boot. */
function enabledUnit(name: string, content: string): Item[] {
  const path = `/etc/systemd/system/${name}.service`;
  return [
    { type: "file", path, content, owner: "root", group: "root", mode: 0o644 },
    {
      type: "link",
      path: `/etc/systemd/system/multi-user.target.wants/${name}.service`,
      target: path,
      removable: true,
    },
  ];
}
