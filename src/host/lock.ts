import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { Host } from "./host.ts";
import type { Held } from "./processes.ts";

const directory = "/run/upkeep";

/**
 * Holds one of the host's locks while `work` runs. The kernel frees it when the process ends, however it ends (flock(2)).
 * `onWait` hears who has it if that is someone else.
 */
export async function withLock<T>(
  host: Host,
  lock: "apply" | "logs",
  what: string,
  onWait: (holder: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  const file = `${directory}/${lock}.lock`;
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  let held = await host.processes.hold(["flock", "--exclusive", "--nonblock", file, "cat"]);
  if (!held) {
    onWait(readHolder(lock));
    held = await host.processes.hold(["flock", "--exclusive", file, "cat"]);
  }
  if (!held) throw new Error(`cannot lock ${file}: flock(1) failed`);
  writeFileSync(`${directory}/${lock}.holder`, what);
  try {
    return await work();
  } finally {
    await held.release();
  }
}

/** The lock of a file, if nobody has it. */
export async function tryLock({ processes }: Pick<Host, "processes">, file: string): Promise<Held | undefined> {
  return processes.hold(["flock", "--exclusive", "--nonblock", file, "cat"]);
}

/**
 * Takes a lock from whoever has it. Whoever has it is told to end (SIGTERM) and waited for: two never work at once, and of
 * two the later one goes on.
 */
export async function takeOver({ processes, files }: Pick<Host, "processes" | "files">, file: string): Promise<Held> {
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  const holder = `${file}.pid`;
  let held = await tryLock({ processes }, file);
  if (!held) {
    try {
      processes.signal(Number(files.read(holder)), "SIGTERM");
    } catch {
      // It has gone meanwhile.
    }
    held = await processes.hold(["flock", "--exclusive", file, "cat"]);
  }
  if (!held) throw new Error(`cannot lock ${file}: flock(1) failed`);
  writeFileSync(holder, String(process.pid));
  return held;
}

function readHolder(lock: string): string {
  try {
    return readFileSync(`${directory}/${lock}.holder`, "utf8");
  } catch {
    return "another upkeep";
  }
}
