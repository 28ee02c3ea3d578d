import type { Condition } from "../model/condition.ts";
import type { JournalEntry } from "../model/generation.ts";
import { takeBack } from "./commit.ts";
import type { KeptEdit } from "./keep.ts";
import type { Draft, World } from "./plan.ts";
import type { Allow } from "./preflight.ts";
import type { Failure, Question } from "./probes.ts";
import type { Quarantine } from "./rehearse.ts";
import { reloadBack } from "./reload.ts";
import type { Options, Outcome } from "./transaction.ts";

/** Takes everything back, reloads again, and says why. */
export async function rollBack(
  draft: Draft,
  number: number,
  journal: readonly JournalEntry[],
  reloads: readonly string[],
  reason: string,
  quarantined: Quarantine,
  kept: readonly KeptEdit[],
  allow: Allow,
  { report }: Options,
  { host, ledger }: World,
): Promise<Outcome> {
  report({ step: "roll back", detail: reason.split("\n")[0]! });
  const troubles: string[] = [];
  const stuck = await takeBack(
    journal,
    host,
    async () => {
      troubles.push(...(await reloadBack(host, journal, reloads, allow)));
    },
    (detail) => report({ step: "roll back", detail }),
  );
  const takenBack = [
    reason,
    ...troubles.map((trouble) => `Afterwards: ${trouble}`),
    ...stuck.map((trouble) => `Could not be taken back, and is tried again by the next upkeep command: ${trouble}`),
  ].join("\n");
  const at = host.clock.now();
  const conditions = draft.targets.map(
    ({ ref }): Condition => ({ ref, state: "Failed", message: `taken back: ${takenBack}`, at }),
  );
  if (stuck.length > 0) ledger.setConditions(conditions);
  else {
    ledger.undone(number, conditions);
    ledger.dropJournal(number);
  }
  return { generation: number, changes: [], conditions, removed: [], quarantined, takenBack, kept, addresses: [] };
}

/** What has changed comes first: that is most likely what broke the others. */
export function complain(failures: readonly Failure[], own: readonly Question[]): string {
  const changed = new Set(own.map(({ ref }) => ref));
  const { mine = [], others = [] } = Object.groupBy(failures, ({ ref }) => (changed.has(ref) ? "mine" : "others"));
  const lines = [
    ...mine.map(({ ref, probe, reason }) => `${ref}: ${probe.says}: it ${reason}`),
    ...others.map(({ ref, reason }) => `${ref} answered before and no longer does: it ${reason}`),
  ].slice(0, 10);
  return [...lines, ...(failures.length > 10 ? [`and ${failures.length - 10} more`] : [])].join("\n");
}
