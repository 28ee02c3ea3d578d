import type { Needs } from "../model/daemon.ts";
import type { FileItem, Item } from "../model/item.ts";

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
  const file: FileItem = {
    type: "file",
    path: `${directory}/upkeep.conf`,
    content: `# Managed by Upkeep: as many log files as there are sites.\n[Service]\nLimitNOFILE=${openFiles}\n${variables.join("")}`,
    owner: "root",
    group: "root",
    mode: 0o644,
  };
  return [
    {
      type: "directory",
      path: directory,
      owner: "root",
      group: "root",
      mode: 0o755,
      madeBy: "root",
      ifForeign: "take",
    },
    file,
  ];
}
