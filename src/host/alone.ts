import { localHost } from "./local.ts";

/**
 * Does something that two processes, or two parts of one, must not do at once: the others wait until it is done, or whoever
 * does it has died. `path`: a file that is made for it, or a directory that is there (flock(1)). `onWait`: somebody else does it.
 */
export async function alone<T>(path: string, act: () => T | Promise<T>, onWait: () => void = () => {}): Promise<T> {
  const hold = (...how: string[]) => localHost.processes.hold(["flock", "--exclusive", ...how, path, "cat"]);
  let held = await hold("--nonblock");
  if (!held) {
    onWait();
    held = await hold();
  }
  if (!held) throw new Error(`cannot lock ${path}: flock(1) failed`);
  try {
    return await act();
  } finally {
    await held.release();
  }
}
