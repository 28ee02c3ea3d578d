import type { Draft } from "../engine/plan.ts";
import { isBase } from "../engine/render.ts";
import type { Condition } from "../model/condition.ts";
import type { ResourceRef } from "../model/resource.ts";
import { plan } from "./apply.ts";
import { pending } from "./changes.ts";
import type { Upkeep } from "./upkeep.ts";

/** What an apply without paths would do. Whoever's files someone changed by hand becomes `Drifted` on the way. */
export async function lookAround(upkeep: Upkeep): Promise<Draft> {
  const { ledger } = upkeep;
  const before = ledger.generations(1)[0];
  const draft = plan(upkeep, await pending(upkeep, upkeep.look()));
  // While an apply is under way, its own files look as if someone had changed them.
  const after = ledger.generations(1)[0];
  const isQuiet = before?.number === after?.number && after?.state !== "open" && after?.state !== "committed";
  if (isQuiet && upkeep.hasRecords) recordDrift(upkeep, draft);
  return draft;
}

/** Writes only what is news: of ten thousand sites that are as they were left, nothing. */
function recordDrift({ host, ledger }: Upkeep, { plan: { changes } }: Draft): void {
  const edits = Map.groupBy(
    changes.flatMap(({ key, drift, because }) =>
      drift ? because.filter((ref) => !isBase(ref)).map((ref) => ({ ref, says: `${key} ${drift.says}` })) : [],
    ),
    ({ ref }) => ref,
  );
  const former = ledger.conditions("Drifted");
  if (edits.size === 0 && former.length === 0) return;
  const at = host.clock.now();
  const states = new Map<ResourceRef, Condition>(ledger.conditions().map((condition) => [condition.ref, condition]));
  const drifted = [...edits].flatMap(([ref, all]): Condition[] => {
    const message = all.map(({ says }) => says).join("\n");
    const known = states.get(ref);
    const isNews = known?.state === "Applied" || (known?.state === "Drifted" && known.message !== message);
    return isNews ? [{ ref, state: "Drifted", message, at }] : [];
  });
  const mended = former
    .filter(({ ref }) => !edits.has(ref))
    .map(({ ref }): Condition => ({ ref, state: "Applied", message: "live", at }));
  ledger.setConditions([...drifted, ...mended]);
}
