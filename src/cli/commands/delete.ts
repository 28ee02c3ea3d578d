import { apply } from "../../agent/apply.ts";
import { intendRemoval } from "../../agent/changes.ts";
import type { Run } from "../command.ts";
import { controlHere } from "../control-here.ts";
import { lookUpRefs } from "../look-up.ts";
import { finish, watcherFor } from "../outcome.ts";
import { requireRoot } from "../require-root.ts";
import { withUpkeep } from "../with-upkeep.ts";

export const run: Run = async (invocation) => {
  const { positionals, json, terminal } = invocation;
  const [kind, ...names] = positionals;
  const remote = await controlHere();
  if (remote) return (await import("../through-control.ts")).deleteThrough(remote, invocation);
  requireRoot("delete", invocation);
  return withUpkeep({ make: true }, async (upkeep) => {
    const refs = await lookUpRefs(upkeep.estate, kind!, names);
    const left = refs
      .flatMap((ref) => upkeep.ledger.applied(ref)?.known ?? [])
      .flatMap(({ item }) =>
        item.type === "directory" && item.owner !== "root" && !item.removable ? [item.path] : [],
      );
    const exitCode = finish(
      await apply(upkeep, invocation.typed, async () => intendRemoval(refs), watcherFor(invocation)),
      invocation,
    );
    if (exitCode === 0 && !json && left.length > 0)
      terminal.print(`Left alone, with what is in them: ${left.join(", ")}`);
    return exitCode;
  });
};
