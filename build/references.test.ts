import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { references } from "./references.ts";

const of = (text: string, file = "src/cli/run.ts") => references(file, text).map(({ path }) => path);

describe("a module refers to", () => {
  const cases: readonly (readonly [says: string, text: string, paths: readonly string[]])[] = [
    ["what it imports", 'import { a } from "./load.ts";', ["src/cli/load.ts"]],
    ["what it imports in several lines", 'import {\n  a,\n  type B,\n} from "../model/b.ts";', ["src/model/b.ts"]],
    [
      "what it imports with a remark",
      'import {\n  // it\'s "quick"; see there\n  a,\n} from "./a.ts";',
      ["src/cli/a.ts"],
    ],
    ["what it imports as a whole", 'import a, * as b from "./a.ts";', ["src/cli/a.ts"]],
    ["what it imports for its effects", 'import "./effects.ts";', ["src/cli/effects.ts"]],
    ["what it passes on", 'export * from "./a.ts";\nexport { b } from "./b.ts";', ["src/cli/a.ts", "src/cli/b.ts"]],
    ["what it imports when it needs it", 'const { a } = await import("../host/a.ts");', ["src/host/a.ts"]],
    ["a module chosen by a variable: its directory", "await import(`./words/${language}.ts`)", ["src/cli/words"]],
    ["what lies beside it", 'new URL("./page.html", import.meta.url)', ["src/cli/page.html"]],
    ["files of a directory beside it", 'readdirSync(join(import.meta.dirname, "cases"))', ["src/cli/cases"]],
    ["a file in it, by a variable name", 'join(import.meta.dirname, "cases", name)', ["src/cli/cases"]],
    [
      "files under a directory that has a name",
      'const root = join(import.meta.dirname, "../..");\nread(join(root, "docs", "a.md"));',
      [".", "docs/a.md"],
    ],
    ["files of the installation", 'join(installation, "build/web.ts")', ["build/web.ts"]],
    ["a program that runs in a lab host", 'host.must(node, "/opt/upkeep/bench/driver.ts")', ["bench/driver.ts"]],
    ["one of several such programs", "`/opt/upkeep/test/web/${journey}.ts`", ["test/web"]],
    ["such a program by the name of the place", "`${repositoryInHost}/test/lab/visit.mjs`", ["test/lab/visit.mjs"]],
  ];
  for (const [says, text, paths] of cases) test(says, () => assert.deepEqual([...new Set(of(text))], paths));

  test("a path as text, where that is a file", () => {
    assert.deepEqual(references("a.ts", 'run(["docs/relations/a.yaml"])'), [
      { path: "docs/relations/a.yaml", files: "itself" },
    ]);
  });
});

describe("a module does not refer to", () => {
  const cases: readonly (readonly [says: string, text: string])[] = [
    ["types, which do not run", 'import type { A } from "./a.ts";\nexport type { B } from "./b.ts";'],
    ["the type of a module", 'let checks: typeof import("../host/checks.ts");'],
    ["packages", 'import { z } from "zod";\nawait import("node:fs");'],
    ["places of a host", 'join(directory, "etc")'],
  ];
  for (const [says, text] of cases) test(says, () => assert.deepEqual(of(text), []));

  test("a module that is imported for a type beside a value is imported all the same", () => {
    assert.deepEqual(of('import { type A, b } from "./a.ts";\nimport type { C } from "./c.ts";'), ["src/cli/a.ts"]);
  });
});
