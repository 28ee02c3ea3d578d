import { plan } from "../../agent/apply.ts";
import { intend, pending } from "../../agent/changes.ts";
import type { Host } from "../../host/host.ts";
import { openRehearsal } from "../../host/namespace.ts";
import type { Run } from "../command.ts";
import { loadResources } from "../load.ts";
import { planAsJson, printPlan } from "../print-plan.ts";
import { withUpkeep } from "../with-upkeep.ts";

export const run: Run = ({ positionals, options, json, terminal }) =>
  withUpkeep({ make: false }, async (upkeep) => {
    const facts = upkeep.look();
    const loaded = positionals.length > 0 ? loadResources(positionals, facts.settings) : undefined;
    const targets = loaded
      ? (await intend(upkeep, loaded.wanted, options.prune ? loaded.from : [])).targets
      : await pending(upkeep, facts);
    const draft = plan(upkeep, targets);
    const notes = [...draft.plan.notes, ...(await weaknesses(upkeep.host, draft.plan.changes.length > 0))];
    const shown = { ...draft.plan, notes };
    terminal.print(json ? JSON.stringify(planAsJson(shown), undefined, 2) : printPlan(shown, terminal));
    return shown.changes.length > 0 || shown.refused.length > 0 ? 2 : 0;
  });

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
