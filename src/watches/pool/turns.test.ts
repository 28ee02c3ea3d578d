import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { turnsOf } from "./turns.ts";

const every = 1_000;

describe("an address is asked", () => {
  it("at first soon, and then never later than it should be", () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })), (numbers) => {
        const random = () => numbers.next().value as number;
        const turns = turnsOf(every, 0, random);
        assert.ok(turns.first <= every);
        let last = turns.first;
        for (let look = 0; look < 50; look++) {
          const next = turns.next(last);
          assert.ok(next > last && next - last <= every + 1e-6, `${last} -> ${next}`);
          last = next;
        }
      }),
    );
  });

  it("at a moment of its own again after all were late together", () => {
    const all = Array.from({ length: 1_000 }, () => turnsOf(every, 0, Math.random));
    for (const turns of all) turns.next(turns.first);
    // Nothing could be asked for three and a half seconds.
    const next = all.map((turns) => turns.next(5_000) - 5_000).sort((one, other) => one - other);
    const within = (from: number, to: number) => next.filter((moment) => moment >= from && moment < to).length;
    for (let tenth = 0; tenth < 9; tenth++) assert.ok(within(tenth * 100, tenth * 100 + 100) > 50, next.join());
  });
});
