import { plan } from "../../agent/apply.ts";
import { intend } from "../../agent/changes.ts";
import { lookAround } from "../../agent/drift.ts";
import type { Upkeep } from "../../agent/upkeep.ts";
import type { Host } from "../../host/host.ts";
import { openRehearsal } from "../../host/namespace.ts";
import type { Run } from "../command.ts";
import { controlHere } from "../control-here.ts";
import { loadResources } from "../load.ts";
import { planAsJson, printPlan } from "../print-plan.ts";
import { withUpkeep } from "../with-upkeep.ts";

export const run: Run = async (invocation) => {
  const { positionals, options, json, terminal } = invocation;
  const remote = await controlHere();
  if (remote) return (await import("../through-control.ts")).planThrough(remote, invocation);
  return withUpkeep({ make: false }, async (upkeep) => {
    const draft =
      positionals.length > 0 ? await planOf(upkeep, positionals, options.prune === true) : await lookAround(upkeep);
    const notes = [...draft.plan.notes, ...(await weaknesses(upkeep.host, draft.plan.changes.length > 0))];
    const shown = { ...draft.plan, notes };
    terminal.print(json ? JSON.stringify(planAsJson(shown), undefined, 2) : printPlan(shown, terminal));
    return shown.changes.length > 0 || shown.refused.length > 0 ? 2 : 0;
  });
};

async function planOf(upkeep: Upkeep, paths: readonly string[], prune: boolean) {
  const loaded = loadResources(paths, upkeep.look().settings);
  return plan(upkeep, (await intend(upkeep, loaded.wanted, prune ? loaded.from : [])).targets);
}

/** What makes this plan less sure than usual. */
async function weaknesses(host: Host, matters: boolean): Promise<string[]> {
  if (!matters) return [];
  if (process.getuid?.() !== 0) return ["made without root: what only root may read counts as missing"];
  const rehearsal = await openRehearsal(host, []);
  await rehearsal?.close();
  return rehearsal
    ? []
    : [
        "this kernel allows no private view of /etc: files are checked in place, before the reload, and taken back if refused",
      ];
}
