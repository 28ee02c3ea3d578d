import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { Host } from "./host.ts";

const directory = "/run/upkeep";
const lockFile = `${directory}/lock`;
const holderFile = `${directory}/lock.holder`;

/**
 * Holds the host's one lock while `work` runs. The kernel frees it when the process ends, however it ends (flock(2)).
 * `onWait` hears who has it if that is someone else.
 */
export async function withLock<T>(
  host: Host,
  what: string,
  onWait: (holder: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  let held = await host.processes.hold(["flock", "--exclusive", "--nonblock", lockFile, "cat"]);
  if (!held) {
    onWait(readHolder());
    held = await host.processes.hold(["flock", "--exclusive", lockFile, "cat"]);
  }
  if (!held) throw new Error(`cannot lock ${lockFile}: flock(1) failed`);
  writeFileSync(holderFile, what);
  try {
    return await work();
  } finally {
    await held.release();
  }
}

function readHolder(): string {
  try {
    return readFileSync(holderFile, "utf8");
  } catch {
    return "another upkeep";
  }
}
