import { declare } from "../../kinds/declare.ts";
import type { Stated } from "../../model/move.ts";
import { UserError } from "../../model/problem.ts";
import type { ResourceRef } from "../../model/resource.ts";
import { apply, type Watcher } from "../apply.ts";
import { type Intention, intend, intendRemoval, type Wanted } from "../changes.ts";
import type { Upkeep } from "../upkeep.ts";

/** A record to be, or not to be (`spec: null`). */
export interface MovedRecord {
  readonly kind: string;
  readonly name: string;
  readonly spec?: unknown;
}

const inSilence: Watcher = { report: () => {}, planned: () => {}, waiting: () => {}, recovered: () => {} };

/** States records and carries them out, all in one change. What goes wrong with them is an answer. */
export async function state(
  upkeep: Upkeep,
  records: readonly MovedRecord[],
  { cause, before = Number.POSITIVE_INFINITY }: { readonly cause: string; readonly before?: number | undefined },
): Promise<Stated> {
  const { clock } = upkeep.host;
  const intention = async (): Promise<Intention> => {
    if (clock.now() > before) throw new UserError("that was to be so some time ago, and comes too late");
    const { settings } = upkeep.look();
    const [kept, gone] = [true, false].map((stays) => records.filter(({ spec }) => (spec !== null) === stays));
    const wanted: Wanted[] = [];
    for (const record of kept!) {
      const source = { file: `${record.kind}/${record.name}`, text: JSON.stringify(record) };
      const { declared, problems } = declare([source], settings);
      if (problems.length > 0) throw new UserError(problems.map(({ message }) => ({ message })));
      const from = (await upkeep.records.get(declared[0]!.ref))?.source ?? "";
      wanted.push(...declared.map((each) => ({ declared: each, from })));
    }
    const stated = wanted.length > 0 ? await intend(upkeep, wanted, []) : { writes: [], targets: [] };
    const there = await upkeep.records.find(gone!.map(({ kind, name }): ResourceRef => `${kind}/${name}`));
    const removal = intendRemoval([...there.keys()]);
    return {
      writes: [...stated.writes, ...removal.writes],
      targets: [...stated.targets, ...removal.targets],
    };
  };
  const { draft, outcome } = await apply(upkeep, cause, intention, inSilence);
  const [refused] = draft.plan.refused;
  const [aside] = outcome.quarantined;
  const problem =
    outcome.takenBack ??
    (refused ? `${refused.ref}: ${refused.reason}` : aside ? `${aside[0]}: ${aside[1]}` : undefined);
  return { now: clock.now(), ...(problem !== undefined && { problem }) };
}
