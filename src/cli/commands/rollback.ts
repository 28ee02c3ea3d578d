import { apply } from "../../agent/apply.ts";
import { intendReturn } from "../../agent/changes.ts";
import { UserError } from "../../model/problem.ts";
import type { Run } from "../command.ts";
import { controlHere } from "../control-here.ts";
import { finish, watcherFor } from "../outcome.ts";
import { requireRoot } from "../require-root.ts";
import { withUpkeep } from "../with-upkeep.ts";

export const run: Run = async (invocation) => {
  const remote = await controlHere();
  if (remote) return (await import("../through-control.ts")).rollbackThrough(remote, invocation);
  if (invocation.options.host !== undefined)
    throw new UserError("this machine is by itself: there are no other hosts to go back");
  requireRoot("rollback", invocation);
  const [given] = invocation.positionals;
  return withUpkeep({ make: true }, async (upkeep) => {
    const live = upkeep.ledger.generations(Number.MAX_SAFE_INTEGER).filter(({ state }) => state === "live");
    if (live.length === 0) throw new UserError("nothing has been applied yet, so there is nothing to take back");
    const number = given === undefined ? live[0]!.number - 1 : Number(given);
    if (!Number.isInteger(number) || number < 0 || number > live[0]!.number) {
      throw new UserError(`there is no generation ${given}; \`upkeep history\` lists them (0 is before the first)`);
    }
    return finish(
      await apply(upkeep, invocation.typed, () => intendReturn(upkeep, number), watcherFor(invocation)),
      invocation,
    );
  });
};
