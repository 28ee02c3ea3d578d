import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { labReleases } from "../../lab/releases.ts";
import { jobName, mayBegin, planJobs } from "./plan.ts";
import type { Suite } from "./suites.ts";

const suite = (name: string, isAlone = false): Suite => ({ name, file: `test/lab/${name}.test.ts`, isAlone });
const some = ["bans", "cluster", "hosts", "keys"].map((name) => suite(name));
const names = (turn: number, onAll = false, durations = {}) =>
  planJobs(some, labReleases, { turn, onAll, durations }).map(jobName);

describe("which suite runs where", () => {
  test("each on one release, and in the next run on the other", () => {
    const [one, next] = [names(4), names(5)];
    assert.equal(one.length, some.length);
    assert.deepEqual([...one, ...next].sort(), names(0, true).sort());
  });

  test("on the other one in the next run also where a suite has come in between", () => {
    const more = planJobs([suite("aaa"), ...some], labReleases, { turn: 5, onAll: false, durations: {} });
    const known = more.map(jobName).filter((name) => !name.startsWith("aaa"));
    assert.deepEqual([...names(4), ...known].sort(), names(0, true).sort());
  });

  test("on every release where that is wanted", () => {
    const jobs = names(0, true);
    assert.deepEqual(jobs.filter((name) => name.startsWith("keys")).sort(), ["keys on bookworm", "keys on trixie"]);
    assert.equal(jobs.length, 2 * some.length);
  });

  test("the longest is first, and one that nobody has timed is not last", () => {
    const durations = { "bans on bookworm": 30, "cluster on bookworm": 400, "hosts on trixie": 250 };
    assert.deepEqual(names(0, undefined, durations), [
      "cluster on bookworm",
      "hosts on trixie",
      "keys on trixie",
      "bans on bookworm",
    ]);
  });
});

describe("what runs beside what", () => {
  const job = (name: string, isAlone = false) => ({ suite: suite(name, isAlone), release: labReleases[0]! });
  const running = (count: number) => Array.from({ length: count }, (_, index) => job(`running-${index}`));
  const cases: readonly [
    says: string,
    next: ReturnType<typeof job>,
    at: ReturnType<typeof running>,
    idle: number,
    may: boolean,
  ][] = [
    ["the first begins on the busiest machine", job("a"), [], 0, true],
    ["as many as there are cores begin whatever else the machine does", job("a"), running(1), 0, true],
    ["one more waits while the processors are busy", job("a"), running(2), 0.1, false],
    ["one more begins while they wait", job("a"), running(2), 0.5, true],
    ["there is an end to it", job("a"), running(6), 0.9, false],
    ["what has to be alone waits for the others", job("a", true), running(1), 0.9, false],
    ["others wait for what has to be alone", job("a"), [job("b", true)], 0.9, false],
  ];
  for (const [says, next, at, idle, may] of cases)
    test(says, () => assert.equal(mayBegin(next, { running: at, idle, cores: 2 }), may));
});
