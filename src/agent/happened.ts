import type { Ledger } from "../engine/ledger.ts";
import type { GuardHistory } from "../store/guard-history.ts";
import type { Told } from "../store/notified.ts";
import type { Happened } from "./notifier.ts";
import { generationEventOf } from "./telling.ts";

/** So many generations are told of at once. */
const most = 1_000;

/** What has happened on this host, out of both its logs. */
export function openHappened(
  history: GuardHistory,
  /** Nothing: nothing has been applied here yet. */
  ledger: () => Pick<Ledger, "generations" | "generationsAfter"> | undefined,
): { newest(): Told; after(told: Told): Happened } {
  return {
    newest: () => ({ generations: ledger()?.generations(1)[0]?.number ?? 0, guard: history.newest() }),
    after({ generations, guard }) {
      const done = ledger()?.generationsAfter(generations, most) ?? [];
      const { events, last } = history.after(guard);
      return {
        events: [...done.map(generationEventOf), ...events].sort((one, other) => one.at - other.at),
        generations: done.at(-1)?.number ?? generations,
        guard: last,
      };
    },
  };
}
