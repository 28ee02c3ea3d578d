import type { Daemon, Needs } from "../../model/daemon.ts";
import type { Facts } from "../../model/facts.ts";
import type { Item } from "../../model/item.ts";
import { guest } from "../guest.ts";
import { includesInBlocks, maintenanceDirectories } from "../maintenance.ts";
import { systemDirectory } from "../system-items.ts";

const name = "caddy";

/** Caddy 2 with a Caddyfile, as Debian and Ubuntu package it. Upkeep manages its maintenance and nothing else of it. */
export const caddy: Daemon = {
  ...guest,
  name,
  check: ["caddy", "adapt", "--config", "/etc/caddy/Caddyfile", "--validate"],
  environment: () => ({ HOME: "/nonexistent" }),
  reload: { unit: name, process: "caddy", command: ["caddy", "reload", "--config", "/etc/caddy/Caddyfile", "--force"] },
  errorLog: "/var/log/syslog",
  /** `Error: adapting config using caddyfile: /etc/caddy/upkeep/a.caddy:3 - Error during parsing: ...` */
  blame(output) {
    const message = (output.split("\n").find((line) => line.includes("Error:")) ?? output.trim()).slice(0, 2000);
    const place = /(?<file>\/[^\s:]+):(?<line>\d+)/.exec(message)?.groups;
    return place ? { file: place.file!, line: Number(place.line), message } : { message };
  },
  base,
};

function base(needs: Needs, facts: Facts): readonly Item[] {
  const includes = includesInBlocks(name, needs, facts);
  if (includes.length === 0) return [];
  return [
    ...maintenanceDirectories(name, facts),
    systemDirectory("/etc/caddy/upkeep"),
    systemDirectory("/etc/caddy/upkeep/maintenance"),
    ...includes,
  ];
}
