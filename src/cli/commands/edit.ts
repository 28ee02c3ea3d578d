import { apply } from "../../agent/apply.ts";
import { intend } from "../../agent/changes.ts";
import { didYouMean } from "../../kinds/did-you-mean.ts";
import { UserError } from "../../model/problem.ts";
import type { Run } from "../command.ts";
import { controlHere } from "../control-here.ts";
import { editText } from "../edit-text.ts";
import { finish, watcherFor } from "../outcome.ts";
import { requireRoot } from "../require-root.ts";
import { withUpkeep } from "../with-upkeep.ts";
import { normalised } from "./get.ts";

export const run: Run = async (invocation) => {
  const { positionals, terminal } = invocation;
  const [kind, name] = [positionals[0]!, positionals[1]!];
  const remote = await controlHere();
  if (remote) return (await import("../through-control.ts")).editThrough(remote, invocation);
  requireRoot("edit", invocation.typed);
  return withUpkeep({ make: true }, async (upkeep) => {
    const wanted = normalised(kind, name);
    const record = await upkeep.estate.get(`${kind}/${wanted}`);
    if (!record)
      throw new UserError(
        `there is no ${kind}/${wanted}${didYouMean(
          wanted,
          (await upkeep.estate.list(kind)).map((each) => each.name),
        )}`,
      );
    const edited = editText(record, upkeep.look().settings);
    if (!edited) {
      terminal.print("Nothing was changed.");
      return 0;
    }
    return finish(
      await apply(upkeep, invocation.typed, () => intend(upkeep, [edited], []), watcherFor(invocation)),
      invocation,
    );
  });
};
