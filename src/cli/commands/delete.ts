import { apply } from "../../agent/apply.ts";
import { intendRemoval } from "../../agent/changes.ts";
import { didYouMean } from "../../kinds/did-you-mean.ts";
import { UserError } from "../../model/problem.ts";
import type { ResourceRef } from "../../model/resource.ts";
import type { Run } from "../command.ts";
import { controlHere } from "../control-here.ts";
import { finish, watcherFor } from "../outcome.ts";
import { requireRoot } from "../require-root.ts";
import { withUpkeep } from "../with-upkeep.ts";
import { normalised } from "./get.ts";

export const run: Run = async (invocation) => {
  const { positionals, json, terminal } = invocation;
  const [kind, ...names] = positionals;
  const remote = await controlHere();
  if (remote) return (await import("../through-control.ts")).deleteThrough(remote, invocation);
  requireRoot("delete", invocation.typed);
  return withUpkeep({ make: true }, async (upkeep) => {
    const refs = names.map((name): ResourceRef => `${kind}/${normalised(kind!, name)}`);
    const found = await upkeep.estate.find(refs);
    const missing = refs.filter((ref) => !found.has(ref));
    if (missing.length > 0) {
      const all = (await upkeep.estate.list()).map(({ ref }) => ref);
      throw new UserError(missing.map((ref) => ({ message: `there is no ${ref}${didYouMean(ref, all)}` })));
    }
    const left = refs
      .flatMap((ref) => upkeep.ledger.applied(ref)?.known ?? [])
      .flatMap(({ item }) => (item.type === "directory" && item.owner !== "root" ? [item.path] : []));
    const exitCode = finish(
      await apply(upkeep, invocation.typed, async () => intendRemoval(refs), watcherFor(invocation)),
      invocation,
    );
    if (exitCode === 0 && !json && left.length > 0)
      terminal.print(`Left alone, with what is in them: ${left.join(", ")}`);
    return exitCode;
  });
};
