import { rhythm } from "../host/pace.ts";
import type { ResourceRef } from "../model/resource.ts";
import type { WorkReport } from "./guard-health.ts";

/**
 * Writes down what has been done or seen already. Where that fails, because a disk is full, nothing is undone and nothing
 * ends: it is reported, and tried again until it is written.
 */
export interface GuardBook {
  /** `about`: only the latest of what is written about that counts. Throws nothing. */
  write(work: () => void, about?: string): void;
  stop(): void;
}

/** Milliseconds until what could not be written is tried again. */
const retry = rhythm(2_000);

/** So much waits at most; the oldest is left out. */
const most = 1_000;

export function openGuardBook({
  what,
  concerns,
  log,
  report,
}: {
  /** What does not work then: `what happens to pools cannot be written down`. */
  readonly what: string;
  readonly concerns: (ref: ResourceRef) => boolean;
  readonly log: (text: string) => void;
  readonly report: WorkReport;
}): GuardBook {
  const waiting = new Map<string | symbol, () => void>();
  let timer: NodeJS.Timeout | undefined;
  let isBehind = false;

  /** In order; the first that cannot be written holds up the others, as it is the same disk. */
  function writeAll(): void {
    try {
      for (const [about, work] of waiting) {
        work();
        waiting.delete(about);
      }
      report(what, concerns, undefined);
      isBehind = false;
    } catch (error) {
      const why = (error as Error).message;
      if (!isBehind) log(`${what}: ${why}; tried again`);
      isBehind = true;
      report(what, concerns, why);
      timer = setTimeout(() => {
        timer = undefined;
        writeAll();
      }, retry).unref();
    }
  }

  return {
    write(work, about) {
      waiting.set(about ?? Symbol(), work);
      if (waiting.size > most) waiting.delete(waiting.keys().next().value!);
      if (!timer) writeAll();
    },
    stop: () => clearTimeout(timer),
  };
}
