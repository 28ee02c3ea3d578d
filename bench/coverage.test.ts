import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { repositoryFiles, repositoryGraph } from "../build/repository.ts";
import { measuredByAll, measures, notMeasured } from "./coverage.ts";
import { benches } from "./index.ts";
import { entryOf, isIn, isMeasurable } from "./selection.ts";

const files = repositoryFiles();
const graph = repositoryGraph();
const source = files.filter((file) => /^src\/.*\.ts$/.test(file) && isMeasurable(file));
const measured = (file: string) =>
  benches.some(
    ({ name }) => measures[name]!.some((part) => isIn(file, part)) || graph.reaches(entryOf(name)).has(file),
  );

describe("what is measured", () => {
  test("every bench has a file of its name, and says what it measures", () => {
    assert.deepEqual(Object.keys(measures).sort(), benches.map(({ name }) => name).sort());
    for (const { name } of benches) assert.ok(files.includes(entryOf(name)), entryOf(name));
  });

  test("all that benches say they measure is there", () => {
    const named = [...Object.values(measures).flat(), ...measuredByAll];
    assert.deepEqual(
      named.filter((part) => !files.some((file) => isIn(file, part))),
      [],
    );
  });

  test("every file of src is measured by a bench, or it is said why not", () => {
    assert.ok(source.length > 500);
    assert.deepEqual(
      source.filter((file) => !measured(file) && !Object.keys(notMeasured).some((part) => isIn(file, part))),
      [],
      "name these in bench/coverage.ts, under a bench that measures them or under `notMeasured`",
    );
  });

  test("nothing is said to be unmeasured that is measured or gone", () => {
    assert.deepEqual(
      Object.keys(notMeasured).filter((part) => !source.some((file) => isIn(file, part) && !measured(file))),
      [],
    );
  });
});
