import { readFileSync, statfsSync } from "node:fs";
import { availableParallelism, loadavg, release, totalmem, uptime } from "node:os";
import type { Machine } from "../model/machine.ts";

/** The machine itself, as it is right now. `places`: directories whose disks are of interest. */
export function lookAtMachine(
  places: readonly string[],
): Pick<Machine, "processors" | "load" | "memory" | "disks" | "uptime"> & { readonly kernel: string } {
  return {
    kernel: release(),
    processors: availableParallelism(),
    load: loadavg(),
    memory: { total: totalmem(), available: availableMemory() },
    disks: disksOf(places),
    uptime: Math.round(uptime()),
  };
}

/** The load average of one minute (getloadavg(3)). */
export const loadNow = (): number => loadavg()[0]!;

/** What programs can still have, with what the kernel would give up for them (proc_meminfo(5)). */
function availableMemory(): number {
  const kilobytes = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync("/proc/meminfo", "utf8"))?.[1];
  return Number(kilobytes ?? 0) * 1024;
}

/** Each file system once, by the first of the places that is on it. */
function disksOf(places: readonly string[]): Machine["disks"] {
  const found = new Map<string, Machine["disks"][number]>();
  for (const path of places)
    try {
      const { bsize, blocks, bavail, type, files } = statfsSync(path);
      const key = `${type} ${blocks} ${files}`;
      if (!found.has(key)) found.set(key, { path, total: blocks * bsize, available: bavail * bsize });
    } catch {
      // It is not there.
    }
  return [...found.values()];
}
