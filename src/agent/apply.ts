import { userInfo } from "node:os";
import type { Ledger } from "../engine/ledger.ts";
import { type Draft, draftPlan } from "../engine/plan.ts";
import { type Recovery, recover } from "../engine/recover.ts";
import type { Target } from "../engine/render.ts";
import { carryOut, type Options, type Outcome, type Report } from "../engine/transaction.ts";
import { withLock } from "../host/lock.ts";
import type { Condition } from "../model/condition.ts";
import type { Generation } from "../model/generation.ts";
import { type Intention, targetOf } from "./changes.ts";
import { arrangeAlarm } from "./maintenance.ts";
import { keepPages } from "./pages.ts";
import type { Upkeep } from "./upkeep.ts";

/** What a caller wants to hear on the way. */
export interface Watcher {
  readonly report: Report;
  /** The plan, before anything of it is done. */
  readonly planned: (draft: Draft) => void;
  /** Someone else is at it: we wait. */
  readonly waiting: (holder: string) => void;
  readonly recovered: (recoveries: readonly Recovery[]) => void;
}

export interface Result {
  readonly draft: Draft;
  readonly outcome: Outcome;
}

/** What an apply of these targets would do. */
export const plan = (upkeep: Upkeep, targets: readonly Target[]): Draft =>
  draftPlan(targets, { host: upkeep.host, ledger: upkeep.ledger, facts: upkeep.look() });

/**
 * Writes the records and carries them out on this host, one at a time. `intend` is asked once it is our turn. `cause`: who
 * wanted it, where that was not whoever runs this process.
 */
export async function apply(
  upkeep: Upkeep,
  command: string,
  intend: () => Promise<Intention>,
  watcher: Watcher,
  {
    isBooting = false,
    cause: given,
    sequenceOf,
  }: { readonly isBooting?: boolean; readonly cause?: string } & Pick<Options, "sequenceOf"> = {},
): Promise<Result> {
  const { host, ledger, estate } = upkeep;
  const actor = process.env.SUDO_USER ?? userInfo().username;
  const cause = given ?? `${actor}: ${command}`;
  const since = new Date(host.clock.now()).toISOString().slice(11, 19);
  // What reads the records is loaded while the lock is asked for.
  if (!upkeep.copy) void import("../store/sqlite.ts");
  return withLock(host, "apply", `${cause} (process ${process.pid}, since ${since} UTC)`, watcher.waiting, async () => {
    const world = { host, ledger, facts: upkeep.look() };
    const options: Options = {
      cause,
      stateDirectory: upkeep.stateDirectory,
      isBooting,
      report: watcher.report,
      look: upkeep.look,
      // Most applies change nothing that is watched, and load nothing for it.
      awaitWatched: async (changes) => (await import("./await-watched.ts")).awaitWatched(host, changes),
      context: upkeep.context,
      before: (ref) => ledger.applied(ref)?.spec,
      ...(sequenceOf && { sequenceOf }),
    };
    const recoveries = await recover(world, options, (generation) => targetsOf(upkeep, generation));
    if (recoveries.length > 0) watcher.recovered(recoveries);

    const { writes, targets } = await intend();
    keepPages(upkeep);
    if (writes.length > 0) {
      await estate.write(writes, { at: host.clock.now(), actor, cause: command });
      await anchorAudit(upkeep);
    }
    markPending(ledger, targets, host.clock.now());
    const draft = draftPlan(targets, { ...world, facts: upkeep.look() }, { bases: !isBooting });
    watcher.planned(draft);
    const outcome = await carryOut(draft, world, options).catch((error: Error) => {
      const at = host.clock.now();
      ledger.setConditions(
        targets
          .filter(({ resource }) => resource)
          .map(({ ref }) => ({ ref, state: "Failed", message: error.message, at })),
      );
      throw error;
    });
    if (
      ledger.decision("web server") === undefined &&
      outcome.takenBack === undefined &&
      draft.needs.has(draft.facts.webServer)
    ) {
      ledger.decide("web server", draft.facts.webServer);
    }
    if (targets.some(({ ref }) => ref.startsWith("Maintenance/"))) await arrangeAlarm(upkeep);
    return { draft, outcome };
  });
}

/** What a generation's resources are meant to be now. */
async function targetsOf({ records }: Upkeep, { resources }: Generation): Promise<Target[]> {
  const stored = await records.find(resources.map(({ ref }) => ref));
  return resources.map(({ ref }): Target => {
    const record = stored.get(ref);
    return record ? targetOf(record) : { ref, resource: undefined, revision: 0 };
  });
}

/** Accepted and not yet live: so it stands in the records until it is. */
function markPending(ledger: Ledger, targets: readonly Target[], at: number): void {
  const fresh = targets.filter(({ ref, resource, revision }) => resource && ledger.applied(ref)?.revision !== revision);
  ledger.setConditions(
    fresh.map(({ ref }): Condition => ({ ref, state: "Pending", message: "accepted, not yet live", at })),
  );
}

/** The end of the audit chain is kept apart from it, so that a chain cut short shows too. */
async function anchorAudit({ estate, ledger }: Upkeep): Promise<void> {
  const last = await estate.auditHead();
  if (last) ledger.decide("audit head", JSON.stringify(last));
}
