import assert from "node:assert/strict";
import { test } from "node:test";
import { nearness } from "./certificate.ts";

const day = 86_400_000;

test("a certificate is near its end two weeks before it, and a short-lived one in its last quarter", () => {
  const cases: readonly [lives: number, left: number, near: number][] = [
    [365, 15, 0],
    [365, 14, 1],
    [365, 4, 1],
    [365, 3.5, 2],
    [365, 0, 3],
    [365, -1, 3],
    // As Let's Encrypt makes them; renewed with a third left, or half.
    [90, 30, 0],
    [45, 15, 0],
    [45, 11, 1],
    [6, 3, 0],
    [6, 1.5, 1],
    [6, 0.3, 2],
  ];
  for (const [lives, left, near] of cases)
    assert.equal(nearness({ begins: 0, ends: lives * day }, (lives - left) * day), near, `${lives} days, ${left} left`);
});
