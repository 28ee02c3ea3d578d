import type { Clock } from "../host/host.ts";
import type { Failing } from "../store/failing.ts";
import type { WorkReport } from "./guard-health.ts";

/** So many lives of the guard that ended by themselves, within this time, are no accident. Milliseconds. */
const [manyEnds, shortTime] = [3, 600_000] as const;

/** One that has lived for so long lives on. Milliseconds. */
const longLife = 60_000;

/** What it is about, also for those who say it when no guard is left. */
export const guardWork = "what watches this machine (upkeep-watches)";

/** This life of the guard: it knows of those before, so that one that ends again and again says so while it can. */
export function beginLife(
  failing: Pick<Failing, "begin" | "end">,
  clock: Pick<Clock, "now">,
): {
  tell(report: WorkReport): void;
  /** It ends because it was told to. */
  end(): void;
} {
  const started = clock.now();
  let ends = 0;
  try {
    ends = failing.begin(started, started - shortTime);
  } catch {
    // A full disk is told of elsewhere.
  }
  return {
    tell(report) {
      if (ends < manyEnds) return;
      const why = `has ended ${ends} times in the last ${shortTime / 60_000} minutes; see \`journalctl --unit upkeep-watches\``;
      // That is known from the lives before: this one may not last until it would count.
      report(guardWork, () => true, why, { since: started - shortTime });
      setTimeout(() => report(guardWork, () => true, undefined), longLife).unref();
    },
    end() {
      try {
        failing.end(started);
      } catch {
        // It counts as one that ended by itself, then.
      }
    },
  };
}
