import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Ban, count, fresh, type Limits } from "./counting.ts";

const limits: Limits = { maxRetry: 3, findTime: 600, banTime: 100, growth: 2, longest: 350 };

describe("a ban", () => {
  const bansAt = (moments: readonly number[], given = limits): Ban[] => {
    const record = fresh();
    return moments.flatMap((moment) => count(record, moment, moment, given) ?? []);
  };

  test("comes with the last failure that is allowed, if all are within the time", () => {
    assert.deepEqual(bansAt([0, 1, 2]), [{ since: 2, until: 102, number: 1 }]);
    assert.deepEqual(bansAt([0, 300, 601]), []);
  });

  test("is not given twice: what comes while it lasts is not counted", () => {
    assert.equal(bansAt([0, 1, 2, 3, 4, 5, 6]).length, 1);
  });

  test("lasts longer each time, up to the longest, and is forgotten in the end", () => {
    const again = [0, 1, 2].flatMap((round) => [0, 1, 2].map((step) => round * 1_000 + step));
    assert.deepEqual(
      bansAt(again).map(({ since, until }) => until - since),
      [100, 200, 350],
    );
    assert.equal(bansAt([0, 1, 2, 9_000, 9_001, 9_002])[1]?.number, 1);
  });

  test("does not depend on the order in which lines of one moment come", () => {
    const simple = (moments: readonly number[], now: number) =>
      moments.filter((each) => each > now - limits.findTime).length;
    fc.assert(
      fc.property(fc.array(fc.nat(2_000), { maxLength: 12 }), fc.nat(500), (moments, more) => {
        const now = Math.max(0, ...moments) + more;
        const record = fresh();
        const bans = moments.flatMap((moment) => count(record, moment, now, limits) ?? []);
        assert.equal(bans.length, simple(moments, now) >= limits.maxRetry ? 1 : 0);
      }),
    );
  });

  test("does not wait for a clock that was set back", () => {
    const standing = fresh();
    const year = 365 * 86_400_000;
    for (const at of [0, 1, 2]) count(standing, year + at, year + at, limits);
    assert.ok(standing.bannedUntil > year);
    const bans = [10, 11, 12].flatMap((at) => count(standing, at, at, limits) ?? []);
    assert.deepEqual(
      bans.map(({ since }) => since),
      [12],
    );
  });

  test("never comes with fewer failures than allowed, and always with as many", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(300), { maxLength: 60 }), (gaps) => {
        const record = fresh();
        /** The simple way: all that count since the last ban. */
        let counted: number[] = [];
        let bannedUntil = 0;
        let now = 0;
        for (const gap of gaps) {
          now += gap;
          const ban = count(record, now, now, limits);
          if (now < bannedUntil) {
            assert.equal(ban, undefined);
            continue;
          }
          counted = [...counted, now].filter((each) => each > now - limits.findTime);
          assert.equal(ban !== undefined, counted.length >= limits.maxRetry);
          if (!ban) continue;
          counted = [];
          bannedUntil = ban.until;
        }
      }),
    );
  });
});
