import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { importGraph } from "./import-graph.ts";
import { repositoryFiles, repositoryGraph } from "./repository.ts";

function graphOf(texts: Readonly<Record<string, string>>, reads: string[] = []) {
  return importGraph(Object.keys(texts), (path) => {
    reads.push(path);
    return texts[path]!;
  });
}

const tree = {
  "src/a.ts": 'import { b } from "./b.ts";',
  "src/b.ts": 'import { a } from "./a.ts";\nconst { c } = await import("./deep/c.ts");',
  "src/deep/c.ts": 'readdirSync(join(import.meta.dirname, "cases"));',
  "src/deep/cases/one.yaml": "",
  "src/deep/cases/two/three.yaml": "",
  "src/types.ts": "export type T = string;",
  "src/alone.ts": 'import type { T } from "./types.ts";\nimport { gone } from "./gone.ts";',
  "lab/host.ts": '`${repositoryInHost}/upkeep`; join(import.meta.dirname, "..");',
  upkeep: 'exec node "src/a.ts"',
};

describe("the import graph", () => {
  test("a file reaches what it imports, what that imports, and the data that is named, in circles too", () => {
    assert.deepEqual(
      [...graphOf(tree).reaches("src/a.ts")],
      ["src/a.ts", "src/b.ts", "src/deep/c.ts", "src/deep/cases/one.yaml", "src/deep/cases/two/three.yaml"],
    );
  });

  test("types alone, and files that are not there, are not reached", () => {
    assert.deepEqual([...graphOf(tree).reaches("src/alone.ts")], ["src/alone.ts"]);
  });

  test("the launcher is a file as others; the program behind it is not followed, nor is the directory around a module", () => {
    assert.deepEqual([...graphOf(tree).reaches("lab/host.ts")], ["lab/host.ts", "upkeep"]);
  });

  test("a change affects those who reach the changed file", () => {
    const entries = ["src/a.ts", "src/alone.ts", "lab/host.ts"];
    assert.deepEqual(graphOf(tree).affectedBy(["src/deep/cases/one.yaml"], entries), ["src/a.ts"]);
    assert.deepEqual(graphOf(tree).affectedBy(["upkeep", "src/alone.ts"], entries), ["src/alone.ts", "lab/host.ts"]);
    assert.deepEqual(graphOf(tree).affectedBy(["README.md"], entries), []);
  });

  test("the way to a file is the shortest", () => {
    const graph = graphOf({ ...tree, "src/long.ts": 'import "./a.ts"; import "./b.ts";' });
    assert.deepEqual(graph.way("src/long.ts", "src/deep/c.ts"), ["src/long.ts", "src/b.ts", "src/deep/c.ts"]);
    assert.deepEqual(graph.way("src/deep/c.ts", "src/a.ts"), []);
  });

  test("each file is read once, and only when it is asked about", () => {
    const reads: string[] = [];
    const graph = graphOf(tree, reads);
    assert.deepEqual(reads, []);
    graph.reaches("src/a.ts");
    graph.affectedBy(["src/b.ts"], ["src/a.ts", "src/b.ts"]);
    assert.deepEqual(reads, ["src/a.ts", "src/b.ts", "src/deep/c.ts"]);
  });
});

describe("the import graph of this repository", () => {
  const graph = repositoryGraph();

  test("the command line reaches every command, by imports on demand", () => {
    const reached = graph.reaches("src/cli/main.ts");
    const commands = repositoryFiles().filter((file) => /^src\/cli\/commands\/[^.]+\.ts$/.test(file));
    assert.ok(commands.length > 30);
    assert.deepEqual(
      commands.filter((file) => !reached.has(file)),
      [],
    );
  });

  test("a lab test reaches the scripts that it runs in hosts", () => {
    const reached = graph.reaches("test/lab/crash.test.ts");
    assert.ok(reached.has("test/lab/crash/driver.ts"), "named by its place in the host");
    assert.ok(reached.has("test/lab/crash/child.ts"), "named by the driver");
  });

  test("a test that draws its cases from a directory reaches them", () => {
    assert.ok(graph.reaches("src/kinds/site/site.test.ts").has("src/kinds/site/refused/cases.yaml"));
  });
});
