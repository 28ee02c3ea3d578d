import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Figure } from "./figures.ts";
import type { Run } from "./history.ts";
import { historyPlot } from "./history-plot.ts";

const machine = { cores: 2, processor: "P", memory: 24, architecture: "x64", release: "Debian 12" };
const figure = (value: number, more: Partial<Figure> = {}): Figure => ({
  name: "speed",
  says: "requests & <answers>, `upkeep status` ([drawn](hosts.svg))",
  value,
  unit: "ms",
  goal: { atMost: 50 },
  ...more,
});
const run = (commit: string, value: number, more: Partial<Run> = {}): Run => ({
  bench: "a",
  commit,
  code: "clean",
  date: "2026-11-23T14:21Z",
  machine,
  figures: [figure(value)],
  ...more,
});

const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0;
/** The curve's path, of the first panel. */
const curve = (svg: string) => /<path d="([^"]+)" fill="none"/.exec(svg)![1]!;

describe("the drawing of a bench's history", () => {
  test("has a point for each run over its commit, the unit, and the goal as a line with words", () => {
    const svg = historyPlot("A", [run("aaa1111", 10), run("bbb2222", 40), run("ccc3333", 30)]);
    assert.equal(count(svg, /<circle/g), 3);
    for (const words of [">aaa1111<", ">ccc3333<", ">commit<", ">ms<", ">at most 50 ms<"])
      assert.ok(svg.includes(words), words);
    assert.equal(count(svg, /stroke-dasharray/g), 1);
    // One line through all of them; the highest value is the lowest y.
    const heights = [...curve(svg).matchAll(/[ML][\d.]+ ([\d.]+)/g)].map(([, y]) => Number(y));
    assert.equal(count(curve(svg), /M/g), 1);
    assert.ok(heights[1]! < heights[2]! && heights[2]! < heights[0]!);
  });

  test("a figure without a goal has no such line", () => {
    assert.equal(
      count(historyPlot("A", [run("a", 1, { figures: [figure(1, { goal: {} })] })]), /stroke-dasharray/g),
      0,
    );
  });

  test("brings its own ground, and text that means something in XML is text", () => {
    const svg = historyPlot("A & B", [run("aaa1111", 10)]);
    assert.match(svg, /<rect width="100%" height="100%" fill="#fff"\/>/);
    assert.ok(svg.includes("requests &amp; &lt;answers&gt;, upkeep status<"));
    assert.doesNotMatch(svg, /hosts\.svg|&(?!amp;|lt;|gt;|quot;)/);
  });

  test("the line breaks where the machine changed, and points are hollow where the code is not just that commit's", () => {
    const other = { ...machine, processor: "Q" };
    const svg = historyPlot("A", [
      run("a", 1),
      run("b", 2, { machine: other, code: "before" }),
      run("c", 3, { machine: other }),
    ]);
    assert.deepEqual([count(curve(svg), /M/g), count(curve(svg), /L/g)], [2, 1]);
    assert.equal(count(svg, /fill="#fff" stroke/g), 1);
    assert.ok(svg.includes(">before b<"));
  });

  test("a run without this figure leaves its place empty", () => {
    const svg = historyPlot("A", [run("a", 1), run("b", 2, { figures: [] }), run("c", 3)]);
    assert.equal(count(svg, /<circle/g), 2);
    assert.ok(svg.includes(">b<"));
  });

  test("values below zero, all zero and far from each other are drawn where numbers can draw them", () => {
    for (const values of [
      [-132, -2],
      [0, 0],
      [-9.4, 0.01],
      [420, 0.002],
    ])
      assert.doesNotMatch(
        historyPlot(
          "A",
          values.map((value, index) => run(String(index), value)),
        ),
        /NaN|Infinity/,
      );
  });
});
