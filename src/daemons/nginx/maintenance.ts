import type { Needs } from "../../model/daemon.ts";
import type { Facts } from "../../model/facts.ts";
import type { Item } from "../../model/item.ts";
import { includesInBlocks, maintenanceDirectories, maintenancesOf } from "../maintenance.ts";
import { systemDirectory, systemFile } from "../system-items.ts";
import { block, comment, directive, expression, printNginx, raw } from "./config.ts";

const name = "nginx";

/** What maintenance takes of nginx, whether its sites are Upkeep's or not. */
export function nginxMaintenance(needs: Needs, facts: Facts): Item[] {
  if (maintenancesOf(needs, name).length === 0) return [];
  return [
    ...["/etc/nginx/upkeep", "/etc/nginx/upkeep/maintenance"].map(systemDirectory),
    ...maintenanceDirectories(name, facts),
    systemFile(
      "/etc/nginx/conf.d/upkeep-maintenance.conf",
      printNginx([
        comment("Managed by Upkeep: the form of an answer that a visitor asks for, and the switches."),
        block(
          "map",
          [expression("$http_accept"), expression("$upkeep_format")],
          [
            directive("default", "txt"),
            raw('"~text/html.*json" html;'),
            raw('"~json" json;'),
            raw('"~text/html|application/xhtml" html;'),
          ],
        ),
        directive("include", "/etc/nginx/upkeep/maintenance/*.conf"),
      ]),
      name,
    ),
    ...includesInBlocks(name, needs, facts),
  ];
}
