import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { apply } from "../../agent/apply.ts";
import { intend } from "../../agent/changes.ts";
import { didYouMean } from "../../kinds/did-you-mean.ts";
import { UserError } from "../../model/problem.ts";
import type { Run } from "../command.ts";
import { loadResources } from "../load.ts";
import { finish, watcherFor } from "../outcome.ts";
import { requireRoot } from "../require-root.ts";
import { withUpkeep } from "../with-upkeep.ts";
import { normalised, toYaml } from "./get.ts";

export const run: Run = async (invocation) => {
  const { positionals, terminal } = invocation;
  const [kind, name] = [positionals[0]!, positionals[1]!];
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
    const directory = mkdtempSync(join(tmpdir(), "upkeep-edit-"));
    const file = join(directory, `${wanted}.yaml`);
    try {
      const before = toYaml(record);
      writeFileSync(file, before, { mode: 0o600 });
      openEditor(file);
      if (readFileSync(file, "utf8") === before) {
        terminal.print("Nothing was changed.");
        return 0;
      }
      const { wanted: resources } = loadResources([file], upkeep.look().settings);
      const other = resources.find(({ declared }) => declared.ref !== record.ref);
      if (other)
        throw new UserError(
          `the text states ${other.declared.ref}, not ${record.ref}; a resource is renamed by applying the new one and deleting the old`,
        );
      const edited = resources.map((each) => ({ ...each, from: record.source }));
      return finish(
        await apply(upkeep, invocation.typed, () => intend(upkeep, edited, []), watcherFor(invocation)),
        invocation,
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
};

/** $VISUAL or $EDITOR may hold arguments, as in `code --wait`. */
function openEditor(file: string): void {
  const [program, ...args] = (process.env.VISUAL || process.env.EDITOR || "sensible-editor").split(" ");
  const { status, error } = spawnSync(program!, [...args, file], { stdio: "inherit" });
  if (error) throw new UserError(`cannot start the editor ${program}: ${error.message}; set $EDITOR`);
  if (status !== 0) throw new UserError(`the editor ended with ${status}; nothing was changed`);
}
