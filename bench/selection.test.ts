import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { importGraph } from "../build/import-graph.ts";
import { librariesDiffer, select } from "./selection.ts";

const texts: Readonly<Record<string, string>> = {
  "bench/a.ts": 'host.must(node, "/opt/upkeep/bench/a/drive.ts");',
  "bench/a/drive.ts": 'import { apply } from "../../src/agent/apply.ts";',
  "bench/b.ts": "",
  "src/agent/apply.ts": "",
  "src/engine/plan.ts": "",
  "src/engine/plan.test.ts": "",
  "src/engine/cases/one.yaml": "",
  "src/engines.ts": "",
};
const graph = importGraph(Object.keys(texts), (path) => texts[path]!);
const benches = [
  { name: "a", measures: [] },
  { name: "b", measures: ["src/engine"] },
];
const ran = (...changed: string[]) =>
  select(benches, changed, graph)
    .filter(({ because }) => because.length > 0)
    .map(({ name }) => name);

describe("a bench is chosen", () => {
  test("when its own file changed, or a script of it, or what that imports", () => {
    assert.deepEqual(ran("bench/a.ts"), ["a"]);
    assert.deepEqual(ran("bench/a/drive.ts"), ["a"]);
    assert.deepEqual(ran("src/agent/apply.ts"), ["a"]);
  });

  test("when a part that it measures changed, but not for tests in it, nor for names that only begin alike", () => {
    assert.deepEqual(ran("src/engine/plan.ts"), ["b"]);
    assert.deepEqual(ran("src/engine/plan.test.ts", "src/engine/cases/one.yaml", "src/engines.ts"), []);
  });

  test("with the reasons, those of the product first", () => {
    const [a] = select(benches, ["bench/a.ts", "src/agent/apply.ts"], graph);
    assert.deepEqual(a!.because, [
      { file: "src/agent/apply.ts", way: "reached through bench/a/drive.ts" },
      { file: "bench/a.ts", way: "the bench itself" },
    ]);
    const [, b] = select(benches, ["src/engine/plan.ts"], graph);
    assert.match(b!.because[0]!.way, /src\/engine, which is measured/);
  });
});

test("libraries differ when the program's versions do, not when those of development do", () => {
  const lock = (zod: string, biome: string) =>
    JSON.stringify({
      packages: {
        "": { version: "1" },
        "node_modules/zod": { version: zod },
        "node_modules/biome": { version: biome, dev: true },
      },
    });
  assert.equal(librariesDiffer(lock("1", "1"), lock("1", "2")), false);
  assert.equal(librariesDiffer(lock("1", "1"), lock("2", "1")), true);
  assert.equal(librariesDiffer("", lock("1", "1")), true);
});
