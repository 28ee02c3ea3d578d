import { apply } from "../../agent/apply.ts";
import { intend } from "../../agent/changes.ts";
import type { Run } from "../command.ts";
import { controlHere } from "../control-here.ts";
import { editText } from "../edit-text.ts";
import { lookUpOne } from "../look-up.ts";
import { finish, watcherFor } from "../outcome.ts";
import { requireRoot } from "../require-root.ts";
import { withUpkeep } from "../with-upkeep.ts";

export const run: Run = async (invocation) => {
  const { positionals, terminal } = invocation;
  const [kind, name] = [positionals[0]!, positionals[1]!];
  const remote = await controlHere();
  if (remote) return (await import("../through-control.ts")).editThrough(remote, invocation);
  requireRoot("edit", invocation);
  return withUpkeep({ make: true }, async (upkeep) => {
    const record = await lookUpOne(upkeep.estate, kind, name);
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
