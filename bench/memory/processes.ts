import { readdirSync, readFileSync } from "node:fs";

/*
 * Prints every process of Upkeep's services on this machine, as JSON: those of their control groups, whatever account they
 * run as and whoever has started them.
 */

/** Kilobytes, but for `ticks`: hundredths of a second of processor time. See proc_pid_smaps_rollup(5), proc_pid_stat(5). */
export interface Process {
  readonly pid: number;
  readonly unit: string;
  readonly command: string;
  /** Its share of the pages that it uses: one that n processes share counts an nth. */
  readonly pss: number;
  /** Of these, what is not in any file. */
  readonly anonymous: number;
  readonly rss: number;
  readonly ticks: number;
}

const read = (pid: string, file: string): string => readFileSync(`/proc/${pid}/${file}`, "utf8");

function look(pid: string): readonly Process[] {
  try {
    const unit = /\/(upkeep[^/]*\.service)/.exec(read(pid, "cgroup"))?.[1];
    if (unit === undefined) return [];
    const rollup = read(pid, "smaps_rollup");
    const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(rollup)![1]);
    const [, , ...fields] = read(pid, "stat")
      .replace(/\(.*\)/, "()")
      .split(" ");
    return [
      {
        pid: Number(pid),
        unit,
        command: read(pid, "cmdline").replaceAll("\0", " ").trim(),
        pss: kilobytes("Pss"),
        anonymous: kilobytes("Pss_Anon"),
        rss: kilobytes("Rss"),
        ticks: Number(fields[11]) + Number(fields[12]),
      },
    ];
  } catch {
    // It has ended meanwhile.
    return [];
  }
}

console.log(
  JSON.stringify(
    readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .flatMap(look),
  ),
);
