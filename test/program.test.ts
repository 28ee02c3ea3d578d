import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

const repository = join(import.meta.dirname, "..");

describe("the launcher", () => {
  let copy = "";
  before(() => {
    copy = mkdtempSync(join(tmpdir(), "upkeep-program-"));
    for (const part of ["src", "lab", "build/program.ts", "upkeep", "package.json", "package-lock.json"])
      cpSync(join(repository, part), join(copy, part), { recursive: true });
    symlinkSync(join(repository, "node_modules"), join(copy, "node_modules"));
  });
  after(() => rmSync(copy, { recursive: true }));

  const version = () => execFileSync(join(copy, "upkeep"), ["version"], { encoding: "utf8" }).trim();
  const edit = (from: string, to: string) => {
    const file = join(copy, "src/cli/commands/version.ts");
    writeFileSync(file, readFileSync(file, "utf8").replace(from, to));
  };

  test("joins the program when it is not there yet", () => {
    assert.match(version(), /^upkeep \d/);
    assert.match(readFileSync(join(copy, "build/program/main.js"), "utf8"), /import/);
  });

  test("runs what the sources say, as soon as one of them is edited", () => {
    edit("`upkeep ${", "`edited ${");
    assert.match(version(), /^edited \d/);
    edit("`edited ${", "`upkeep ${");
    assert.match(version(), /^upkeep \d/);
  });

  test("runs the sources themselves where the program cannot be joined", () => {
    rmSync(join(copy, "build"), { recursive: true });
    assert.match(version(), /^upkeep \d/);
  });
});
