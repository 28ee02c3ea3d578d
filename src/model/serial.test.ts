import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { isAhead, nextSerial, serialStyles, styleOf } from "./serial.ts";

const now = Date.UTC(2026, 10, 22, 15);

describe("a zone's serial", () => {
  for (const [before, style, after] of [
    [2026112101, "date", 2026112200],
    [2026112200, "date", 2026112201],
    [2026112299, "date", 2026112300],
    [2027010100, "date", 2027010101],
    [1_700_000_000, "epoch", now / 1000],
    [now / 1000 + 500, "epoch", now / 1000 + 501],
    [41, "count", 42],
    [4_294_967_295, "count", 1],
    [4_294_967_290, "date", 2026112200],
  ] as const)
    test(`after ${before} comes ${after} (${style})`, () => assert.equal(nextSerial(before, style, now), after));

  for (const [serial, style] of [
    [2026112203, "date"],
    [now / 1000 - 10, "epoch"],
    [17, "count"],
    [2026132203, "count"],
    [4_294_967_295, "count"],
  ] as const)
    test(`${serial} has been counted as a ${style}`, () => assert.equal(styleOf(serial, now), style));

  const any = fc.integer({ min: 0, max: 2 ** 32 - 1 });

  test("never goes backwards, whatever it was and whatever the clock says", () =>
    fc.assert(
      fc.property(
        any,
        fc.constantFrom(...serialStyles),
        fc.integer({ min: 0, max: 4_000_000_000_000 }),
        (before, style, at) => {
          const after = nextSerial(before, style, at);
          assert.ok(isAhead(after, before) && after > 0 && after < 2 ** 32);
        },
      ),
    ));

  test("is ahead of another, or the other of it, or neither, never both", () =>
    fc.assert(fc.property(any, any, (one, other) => assert.ok(!(isAhead(one, other) && isAhead(other, one))))));
});
