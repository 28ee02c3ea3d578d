import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { basename } from "node:path";

/**
 * The name of the program that listens on a TCP port; `undefined` if none does, `?` if we may not know, `itself` if it
 * is process `expected`. See proc_net(5).
 */
export function portHolder(port: number, expected?: number): string | undefined {
  const wanted = port.toString(16).toUpperCase().padStart(4, "0");
  const inodes = new Set<string>();
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    for (const line of readLines(table).slice(1)) {
      const fields = line.trim().split(/\s+/);
      if (fields[3] === "0A" && fields[1]?.endsWith(`:${wanted}`)) inodes.add(fields[9]!);
    }
  }
  if (inodes.size === 0) return undefined;
  if (expected && socketsOf(String(expected)).some((socket) => inodes.has(socket))) return "itself";
  for (const pid of readdirSync("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    for (const socket of socketsOf(pid)) {
      if (inodes.has(socket)) return programOf(pid);
    }
  }
  return "?";
}

function programOf(pid: string): string {
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`));
  } catch {
    return readLines(`/proc/${pid}/comm`)[0] ?? "?";
  }
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, "utf8").trimEnd().split("\n");
  } catch {
    return [];
  }
}

function socketsOf(pid: string): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
      const match = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${descriptor}`));
      return match ? [match[1]!] : [];
    });
  } catch {
    return [];
  }
}
