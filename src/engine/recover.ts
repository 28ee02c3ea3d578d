import type { Generation, JournalEntry } from "../model/generation.ts";
import { readerOf } from "../model/item.ts";
import type { Change } from "../model/plan.ts";
import { UserError } from "../model/problem.ts";
import { forget, takeBack } from "./commit.ts";
import { draftPlan, type World } from "./plan.ts";
import { allowing } from "./preflight.ts";
import { askAll, questionsOf } from "./probes.ts";
import { reloadAll, reloadBack } from "./reload.ts";
import type { Target } from "./render.ts";
import { settle } from "./settle.ts";
import type { Options } from "./transaction.ts";

/** What was found after an interruption, and what was done about it. */
export interface Recovery {
  readonly generation: number;
  readonly did: "undone" | "finished" | "tidied up";
}

/**
 * Brings order into what an interrupted apply left behind: what was not wholly in place is undone, what was is
 * finished, and afterwards the host knows which. `targetsOf` tells what a generation's resources are meant to be.
 */
export async function recover(
  world: World,
  options: Options,
  targetsOf: (generation: Generation) => Promise<readonly Target[]>,
): Promise<Recovery[]> {
  const { host, ledger } = world;
  const recoveries: Recovery[] = [];
  for (const { generation, journal } of ledger.unfinished()) {
    const { number, state } = generation;
    const did =
      state === "committed"
        ? await finish(generation, journal, world, options, await targetsOf(generation))
        : state === "open"
          ? "undone"
          : "tidied up";
    if (did === "undone") await undo(number, journal, world);
    else forget(journal, host);
    ledger.dropJournal(number);
    recoveries.push({ generation: number, did });
  }
  return recoveries;
}

async function undo(number: number, journal: readonly JournalEntry[], { host, ledger, facts }: World): Promise<void> {
  const needs = ledger.needs();
  const troubles = await takeBack(journal, host, async () => {
    await reloadBack(host, journal, daemonsOf(journal), allowing(needs, facts));
  });
  if (troubles.length > 0) {
    throw new UserError(
      `generation ${number} was interrupted and cannot be taken back; mend this and run it again:\n  ${troubles.join("\n  ")}`,
    );
  }
  ledger.undone(number, []);
}

/** Everything is in place: what is left is to reload, to ask whether it answers, and to remember it. */
async function finish(
  { number }: Generation,
  journal: readonly JournalEntry[],
  world: World,
  options: Options,
  targets: readonly Target[],
): Promise<"finished" | "undone"> {
  const { host } = world;
  const draft = draftPlan(targets, world);
  if (draft.plan.changes.some(({ item }) => item.type !== "service")) return "undone";
  try {
    await reloadAll(host, journal.map(asChange), allowing(draft.needs, draft.facts), () => {});
  } catch {
    return "undone";
  }
  const questions = questionsOf(draft.rendered.values(), () => true);
  if ((await askAll(host, questions, 10_000)).length > 0) return "undone";
  settle(draft, [], new Map(), { number, journal }, [], options, world).finish();
  return "finished";
}

const asChange = ({ verb, item }: JournalEntry): Change => ({
  verb,
  item,
  key: `${item.type}:${"path" in item ? item.path : item.name}`,
  because: [],
  ...(item.type === "service" && verb === "create" && { detail: "start" }),
});

const daemonsOf = (journal: readonly JournalEntry[]): string[] => [
  ...new Set(journal.flatMap(({ item }) => readerOf(item) ?? [])),
];
