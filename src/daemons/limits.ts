import type { Needs } from "../model/daemon.ts";
import type { Item } from "../model/item.ts";
import { systemDirectory, systemFile } from "./system-items.ts";

/** What a server needs besides its logs: sockets, modules, connections. */
const headroom = 1024;

/** Limits are rounded up to this, so that they seldom change. */
const step = 4096;

/** How many open files to allow where so many log files have to fit. */
export const allowance = (logFiles: number): number => Math.ceil((logFiles * 1.2 + headroom) / step) * step;

export const logFiles = (needs: Needs, daemon: string): number => needs.get(`${daemon} log`) ?? 0;

/** A systemd drop-in that lets a service open more files from its next start on. */
export function limitDropIn(unit: string, openFiles: number, environment: Readonly<Record<string, string>>): Item[] {
  const directory = `/etc/systemd/system/${unit}.service.d`;
  const variables = Object.entries(environment).map(([name, value]) => `Environment="${name}=${value}"\n`);
  const content = `# Managed by Upkeep: as many log files as there are sites.\n[Service]\nLimitNOFILE=${openFiles}\n${variables.join("")}`;
  return [systemDirectory(directory), systemFile(`${directory}/upkeep.conf`, content)];
}
