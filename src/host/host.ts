import type { Files } from "./files.ts";
import type { Processes } from "./processes.ts";
import type { Asker } from "./web.ts";

/** The only door to the operating system. Tests can hold it: stand in for it, count what passes, or slam it. */
export interface Host {
  readonly files: Files;
  readonly processes: Processes;
  readonly clock: Clock;
  /** Begins a series of questions to the servers that run here. */
  readonly openAsker: () => Asker;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /**
   * Resolves after so many milliseconds; for polling what cannot be waited for otherwise. 0: when everything else has had
   * its turn.
   */
  pause(milliseconds: number): Promise<void>;
}

/** Polls until `look` finds something; `undefined` when the time is up. */
export async function until<T>(
  clock: Clock,
  milliseconds: number,
  look: () => T | undefined | false,
): Promise<T | undefined> {
  const deadline = clock.now() + milliseconds;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    if (clock.now() >= deadline) return undefined;
    await clock.pause(4);
  }
}
