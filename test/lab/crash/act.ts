import { apply, type Result, type Watcher } from "../../../src/agent/apply.ts";
import { intend, intendRemoval } from "../../../src/agent/changes.ts";
import { openUpkeep, type Upkeep } from "../../../src/agent/upkeep.ts";
import { localHost } from "../../../src/host/local.ts";
import { declare } from "../../../src/kinds/declare.ts";

/** What is done to the host: YAML to apply, or a resource to delete. */
export type Act = { readonly yaml: string } | { readonly remove: string } | { readonly nothing: true };

const silent: Watcher = { report() {}, planned() {}, waiting() {}, recovered() {} };

export async function perform(act: Act, wrap: (upkeep: Upkeep) => Upkeep = (upkeep) => upkeep): Promise<Result> {
  const upkeep = await openUpkeep(localHost, { make: true });
  try {
    return await apply(wrap(upkeep), "crash test", () => intention(upkeep, act), silent);
  } finally {
    await upkeep.close();
  }
}

async function intention(upkeep: Upkeep, act: Act) {
  if ("nothing" in act) return { writes: [], targets: [] };
  if ("remove" in act) return intendRemoval([act.remove as `${string}/${string}`]);
  const { declared, problems } = declare([{ file: "test.yaml", text: act.yaml }], upkeep.look().settings);
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join("\n"));
  return intend(
    upkeep,
    declared.map((each) => ({ declared: each, from: "test" })),
    [],
  );
}
