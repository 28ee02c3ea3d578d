import type { Needs } from "../../model/daemon.ts";
import type { Facts } from "../../model/facts.ts";
import type { Item, LinkItem } from "../../model/item.ts";
import {
  includesInBlocks,
  linksNeed,
  maintenanceDirectories,
  maintenanceDirectory,
  maintenancesOf,
} from "../maintenance.ts";
import { systemDirectory, systemFile } from "../system-items.ts";
import { comment, directive, printApache, section } from "./config.ts";

const name = "apache2";

const modules = ["setenvif.load", "setenvif.conf", "headers.load", "alias.load", "alias.conf"];

/** The doorkeeper is passed the request for a link. */
const linkModules = ["proxy.load", "proxy.conf", "proxy_http.load"];

const secureModules = ["ssl.load", "ssl.conf", "socache_shmcb.load"];

/** An enabled module, as a2enmod(8) does it. */
export const enabled = (module: string): LinkItem => ({
  type: "link",
  path: `/etc/apache2/mods-enabled/${module}`,
  target: `../mods-available/${module}`,
  readBy: name,
});

/** The ports that only have a page, for `mode: redirect-port`. */
export const pagePorts = (needs: Needs): number[] =>
  [...needs.keys()].flatMap((need) => Number(/^apache2 port (\d+)$/.exec(need)?.[1] ?? 0) || []).sort();

/** What maintenance takes of Apache, whether its sites are Upkeep's or not. */
export function apacheMaintenance(needs: Needs, facts: Facts): Item[] {
  if (maintenancesOf(needs, name).length === 0) return [];
  const ports = pagePorts(needs);
  return [
    ...[
      ...modules,
      ...(needs.has("apache2 page tls") ? secureModules : []),
      ...(needs.has(linksNeed(name)) ? linkModules : []),
    ].map(enabled),
    ...["/etc/apache2/upkeep", "/etc/apache2/upkeep/maintenance", "/etc/apache2/upkeep/maintenance-port"].map(
      systemDirectory,
    ),
    ...maintenanceDirectories(name, facts),
    systemFile(
      "/etc/apache2/conf-enabled/upkeep-maintenance.conf",
      printApache([
        comment("Managed by Upkeep: answers of sites in maintenance, and ports that have nothing else."),
        section(
          "Directory",
          [maintenanceDirectory],
          [directive("AllowOverride", "None"), directive("Require", "all", "granted")],
        ),
        ...ports.map((port) => directive("Listen", String(port))),
        directive("IncludeOptional", "/etc/apache2/upkeep/maintenance-port/*.conf"),
      ]),
      name,
    ),
    ...includesInBlocks(name, needs, facts),
  ];
}
