import type { Daemon, Needs } from "../../model/daemon.ts";
import type { Facts } from "../../model/facts.ts";
import type { Item } from "../../model/item.ts";
import { guest } from "../guest.ts";
import { maintenanceDirectories, maintenancesOf } from "../maintenance.ts";
import { systemDirectory, systemFile } from "../system-items.ts";

const name = "lighttpd";

/** lighttpd 1.4 as Debian and Ubuntu package it. Upkeep manages its maintenance and nothing else of it. */
export const lighttpd: Daemon = {
  ...guest,
  name,
  pidFile: "/run/lighttpd.pid",
  check: ["lighttpd", "-tt", "-f", "/etc/lighttpd/lighttpd.conf"],
  // A graceful restart within the same process: requests under way are finished, none is refused.
  reload: { signal: "SIGUSR1", doneWhen: "log", says: /server started/ },
  errorLog: "/var/log/lighttpd/error.log",
  /** `(configfile.c.1234) source: /etc/lighttpd/conf-enabled/05-upkeep.conf line: 3 pos: 1 ...` */
  blame(output) {
    const message = output.trim().slice(0, 2000);
    const place = /source: (?<file>\/\S+) line: (?<line>\d+)/.exec(output)?.groups;
    return place ? { file: place.file!, line: Number(place.line), message } : { message };
  },
  base,
};

/** Debian's configuration reads all that is in `conf-enabled`: no line has to be added to anything. */
function base(needs: Needs, facts: Facts): readonly Item[] {
  const names = maintenancesOf(needs, name);
  if (names.length === 0) return [];
  const scripts = names.map((each) => `"/etc/lighttpd/upkeep/${each}.lua"`);
  return [
    { type: "package", name: "lighttpd-modules-lua" },
    ...maintenanceDirectories(name, facts),
    systemDirectory("/etc/lighttpd/upkeep"),
    systemFile(
      "/etc/lighttpd/conf-enabled/05-upkeep.conf",
      [
        "# Managed by Upkeep: whether a site is in maintenance is looked at before anything else.",
        'server.modules += ( "mod_magnet" )',
        `magnet.attract-raw-url-to += ( ${scripts.join(", ")} )`,
        "",
      ].join("\n"),
      name,
    ),
  ];
}
