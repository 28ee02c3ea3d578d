import { apply as applyIntention } from "../../agent/apply.ts";
import { intend, pending } from "../../agent/changes.ts";
import type { Run } from "../command.ts";
import { controlHere } from "../control-here.ts";
import { loadResources } from "../load.ts";
import { finish, watcherFor } from "../outcome.ts";
import { requireRoot } from "../require-root.ts";
import { withUpkeep } from "../with-upkeep.ts";

export const run: Run = async (invocation) => {
  const { positionals, options } = invocation;
  const remote = await controlHere();
  if (remote) return (await import("../through-control.ts")).applyThrough(remote, invocation);
  requireRoot("apply", invocation);
  return withUpkeep({ make: true }, async (upkeep) => {
    const facts = upkeep.look();
    const loaded = positionals.length > 0 ? loadResources(positionals, facts.settings) : undefined;
    const intention = async () =>
      loaded
        ? intend(upkeep, loaded.wanted, options.prune ? loaded.from : [])
        : { writes: [], targets: await pending(upkeep, upkeep.look()) };
    return finish(await applyIntention(upkeep, invocation.typed, intention, watcherFor(invocation)), invocation);
  });
};
