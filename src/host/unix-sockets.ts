import type { Host } from "./host.ts";

/** How many connections to a socket of this machine are open, see proc(5) and `/proc/net/unix`. */
export function connectionsTo({ files }: Pick<Host, "files">, path: string): number {
  const connected = "03";
  return (files.read("/proc/net/unix") ?? "").split("\n").filter((line) => {
    const [, , , , , state, , name] = line.trim().split(/\s+/);
    return name === path && state === connected;
  }).length;
}
