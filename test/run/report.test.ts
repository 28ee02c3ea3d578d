import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { labReleases } from "../../lab/releases.ts";
import { parseFlakes } from "./flakes.ts";
import { isGreen, timesTable, verdictOf } from "./report.ts";
import type { Outcome } from "./run-job.ts";

const outcome = (green: boolean): Outcome => ({
  job: { suite: { name: "keys", file: "test/lab/keys.test.ts", isAlone: false }, release: labReleases[0]! },
  tests: [],
  isGreen: green,
  seconds: 12,
  tested: 8,
  waited: 3,
  directory: "build/test/keys-bookworm",
});

describe("a suite", () => {
  const cases: readonly [says: string, runs: boolean[], known: boolean, is: string, green: boolean][] = [
    ["that passes is green", [true], false, "passed", true],
    ["that fails twice is red", [false, false], false, "failed", false],
    ["that fails twice is red, known flake or not", [false, false], true, "failed", false],
    ["that passes when it is run again is red all the same", [false, true], false, "flaky", false],
    ["that is known to do that is green", [false, true], true, "flaky, and known to be", true],
  ];
  for (const [says, runs, known, is, green] of cases)
    test(says, () => {
      const verdict = verdictOf(runs.map(outcome), known);
      assert.deepEqual([verdict.is, isGreen(verdict)], [is, green]);
    });
});

test("the table says where the time went", () => {
  assert.match(timesTable([outcome(true)]), /^keys on bookworm +12 s +4 s +8 s +3 s$/m);
});

describe("the list of known flakes", () => {
  const flake = {
    file: "test/lab/keys.test.ts",
    reason: "sshd of one host refuses everybody",
    owner: "ops",
    since: "2026-11-30",
  };
  test("takes five at most", () => {
    assert.equal(parseFlakes(JSON.stringify(Array(5).fill(flake))).length, 5);
    assert.throws(() => parseFlakes(JSON.stringify(Array(6).fill(flake))));
  });
  for (const field of ["reason", "owner", "since"] as const)
    test(`takes none without ${field}`, () =>
      assert.throws(() => parseFlakes(JSON.stringify([{ ...flake, [field]: undefined }]))));
});
