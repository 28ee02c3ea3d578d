import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { atPace, mostPace, paceFrom, shortestRhythm } from "./pace.ts";

describe("the pace of a lab", () => {
  test("is a number from 1 to 20; whatever else is said means 1, and is no error", () => {
    for (const [text, pace] of [
      ["1", 1],
      ["5", 5],
      ["2.5", 2.5],
      ["20", 20],
    ] as const)
      assert.equal(paceFrom(text), pace, text);
    const others = ["", "0", "0.5", "20.1", "21", "-5", "+5", "5x", " 5", "5 ", "1e1", "0x5", "NaN", "Infinity", "٥"];
    for (const text of [undefined, ...others]) assert.equal(paceFrom(text), 1, text);
    fc.assert(
      fc.property(fc.string(), (text) => {
        const pace = paceFrom(text);
        return pace >= 1 && pace <= mostPace;
      }),
    );
  });

  test("of 1 changes no rhythm", () => {
    fc.assert(fc.property(fc.nat(), (milliseconds) => atPace(milliseconds, 1) === milliseconds));
  });

  test("divides a rhythm, which becomes neither longer nor so short that it keeps the machine busy", () => {
    assert.deepEqual(
      [20_000, 5_000, 1_000, 200, 20].map((milliseconds) => atPace(milliseconds, 5)),
      [4_000, 1_000, 200, 100, 20],
    );
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 1, max: mostPace, noNaN: true }), (milliseconds, pace) => {
        const found = atPace(milliseconds, pace);
        return found <= milliseconds && found >= Math.min(milliseconds, shortestRhythm);
      }),
    );
  });

  test("is what the environment says when a process starts, and 1 without it", () => {
    const script = `import { absence, heartbeat, lostTurn } from ${JSON.stringify(join(import.meta.dirname, "../bus/heartbeat.ts"))}; console.log(heartbeat, absence, lostTurn)`;
    const heartbeats = (env: Readonly<Record<string, string>>) => {
      const { UPKEEP_LAB_PACE: _, ...own } = process.env;
      const argv = ["--input-type=module", "--eval", script];
      return spawnSync(process.execPath, argv, { env: { ...own, ...env }, encoding: "utf8" }).stdout.trim();
    };
    assert.equal(heartbeats({}), "5000 15000 60000");
    assert.equal(heartbeats({ UPKEEP_LAB_PACE: "5" }), "1000 3000 12000");
    assert.equal(heartbeats({ UPKEEP_LAB_PACE: "1000" }), "5000 15000 60000");
  });
});
