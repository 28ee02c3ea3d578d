import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { Figure } from "./figures.ts";
import { kept, measuredAt, newestOf, parseHistory, printHistory, type Run, runsOf, withRun } from "./history.ts";
import { historyPlot } from "./history-plot.ts";
import { benches } from "./index.ts";
import { report } from "./report.ts";

const figure: Figure = { name: "speed", says: "how quick", value: 12.345_678_9, unit: "ms", goal: { atMost: 20 } };
const run = (bench: string, commit: string, more: Partial<Run> = {}): Run => ({
  bench,
  commit,
  code: "clean",
  date: "2026-11-23T14:21Z",
  machine: { cores: 2, processor: "P", memory: 24, architecture: "x64", kernel: "6.1", release: "Debian 12.11" },
  figures: [figure],
  ...more,
});

describe("the history of figures", () => {
  test("a new run comes last, and is the newest of its bench", () => {
    const history = withRun([run("a", "1"), run("b", "1")], run("a", "2"));
    assert.deepEqual(
      history.map(({ bench, commit }) => bench + commit),
      ["a1", "b1", "a2"],
    );
    assert.equal(newestOf(history, "a")?.commit, "2");
    assert.equal(newestOf(history, "c"), undefined);
  });

  test("of each bench only so many runs are kept, the oldest go first, and those of others stay", () => {
    let history = [run("other", "first")];
    for (let round = 0; round <= kept; round++) history = withRun(history, run("a", String(round)));
    assert.equal(history.length, 1 + kept);
    assert.deepEqual([history[0]!.commit, history[1]!.commit, history.at(-1)!.commit], ["first", "1", String(kept)]);
  });

  test("printed, it is JSON with a figure on each line, and reads as it was but for digits that mean nothing", () => {
    const history = [run("a", "1"), run("b", "2", { figures: [figure, figure] })];
    const text = printHistory(history);
    assert.equal(text.split("\n").filter((line) => line.startsWith(" {")).length, 3);
    const read = parseHistory(text);
    assert.equal(read[0]!.figures[0]!.value, 12.3457);
    assert.deepEqual(parseHistory(printHistory(read)), read);
    assert.ok(
      printHistory([...history, run("a", "3")]).startsWith(text.slice(0, -3)),
      "a run more changes no other line",
    );
  });

  test("a run says of which code it is", () => {
    assert.equal(measuredAt(run("a", "abc1234")), "at `abc1234` (2026-11-23)");
    assert.equal(measuredAt(run("a", "abc1234", { code: "before" })), "before `abc1234` (2026-11-23)");
    assert.match(measuredAt(run("a", "abc1234", { code: "changed" })), /at `abc1234` with uncommitted changes/);
  });
});

describe("bench/RESULTS.md", () => {
  const [a, b] = [
    { name: "a", title: "Bench A" },
    { name: "b", title: "Bench B" },
  ];

  test("has the newest run of each bench, with its commit, date, machine and drawing", () => {
    const missed = { ...figure, value: 1_234.5, peer: "theirs", peerValue: 617.25, ratio: 2 };
    const text = report([a, b], [run("a", "old0000"), run("a", "new0000", { figures: [missed] })]);
    assert.match(text, /## Bench A\n\nMeasured at `new0000` \(2026-11-23\) on 2 cores \(P\), 24 GiB, x64, Linux 6\.1;/);
    assert.match(text, /Debian 12\.11.*\[History\]\(history\/a\.svg\)/);
    assert.match(text, /\| how quick \| 1,235 ms \| at most 20 ms \| theirs \| 617 ms \| 2\.00 \| \*\*no\*\* \|/);
    assert.doesNotMatch(text, /old0000|Bench B/);
  });

  test("is written from results.json, and so are the drawings", () => {
    const read = (name: string) => readFileSync(join(import.meta.dirname, name), "utf8");
    const history = parseHistory(read("results.json"));
    const remedy = "`npm run bench -- --report` writes it";
    assert.equal(read("RESULTS.md"), report(benches, history), remedy);
    for (const { name, title } of benches) {
      const runs = runsOf(history, name);
      // A new bench has none until it has run.
      if (runs.length > 0) assert.equal(read(`history/${name}.svg`), historyPlot(title, runs), remedy);
    }
  });
});
