import type { Needs } from "../model/daemon.ts";
import type { Facts } from "../model/facts.ts";
import type { Item } from "../model/item.ts";
import { systemFile } from "./system-items.ts";

const unit = "/etc/systemd/system/upkeep-maintenance.service";

/**
 * At boot, before any server answers: switches whose time has passed are moved, and the packet filter gets its tables
 * back. All else is on the disk and needs nobody.
 */
export function maintenanceAtBoot(needs: Needs, { init, program }: Facts): Item[] {
  if (!needs.has("maintenance") || init !== "systemd") return [];
  const servers = ["apache2", "nginx", "lighttpd", "caddy", "varnish", "haproxy"].map((name) => `${name}.service`);
  return [
    systemFile(
      unit,
      [
        "# Managed by Upkeep: puts the switches of maintenance right after a boot.",
        "[Unit]",
        "Description=Upkeep: sites in maintenance",
        "After=local-fs.target",
        `Before=${servers.join(" ")}`,
        "",
        "[Service]",
        "Type=oneshot",
        `ExecStart=${program} maintenance settle --boot`,
        "",
        "[Install]",
        "WantedBy=multi-user.target",
        "",
      ].join("\n"),
    ),
    {
      type: "link",
      path: "/etc/systemd/system/multi-user.target.wants/upkeep-maintenance.service",
      target: unit,
      removable: true,
    },
  ];
}
