import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Wanted } from "../agent/changes.ts";
import { UserError } from "../model/problem.ts";
import type { Settings } from "../model/settings.ts";
import type { Stored } from "../store/records.ts";
import { toYaml } from "./commands/get.ts";
import { loadResources } from "./load.ts";

/** Has a person edit a resource; `undefined` if they left it as it is. */
export function editText(record: Stored, settings: Settings): Wanted | undefined {
  const directory = mkdtempSync(join(tmpdir(), "upkeep-edit-"));
  const file = join(directory, `${record.name.replaceAll("/", "_")}.yaml`);
  try {
    const before = toYaml(record);
    writeFileSync(file, before, { mode: 0o600 });
    openEditor(file);
    if (readFileSync(file, "utf8") === before) return undefined;
    const { wanted } = loadResources([file], settings);
    const other = wanted.find(({ declared }) => declared.ref !== record.ref);
    if (other)
      throw new UserError(
        `the text states ${other.declared.ref}, not ${record.ref}; a resource is renamed by applying the new one and deleting the old`,
      );
    return wanted[0] && { ...wanted[0], from: record.source };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** $VISUAL or $EDITOR may hold arguments, as in `code --wait`. */
function openEditor(file: string): void {
  const [program, ...args] = (process.env.VISUAL || process.env.EDITOR || "sensible-editor").split(" ");
  const { status, error } = spawnSync(program!, [...args, file], { stdio: "inherit" });
  if (error) throw new UserError(`cannot start the editor ${program}: ${error.message}; set $EDITOR`);
  if (status !== 0) throw new UserError(`the editor ended with ${status}; nothing was changed`);
}
