import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type End, healthOfReader, type ReaderLife } from "./reader-life.ts";

const now = 1_795_000_000_000;
const ago = (seconds: number) => now - 1000 * seconds;
/** So many seconds ago, after it had looked for so many; nothing: it never said that it does. */
const end = (seconds: number, looked?: number): End => ({
  at: ago(seconds),
  why: "it ended with 1",
  ...(looked !== undefined && { looked: 1_000 * looked }),
});

describe("a reader is judged by how it has lived", () => {
  /** Unless it is said, the last sign of life was the first word. */
  type Life = Omit<ReaderLife, "signAt"> & Partial<Pick<ReaderLife, "signAt">>;
  const cases: Readonly<Record<string, [Life, ReturnType<typeof healthOfReader>]>> = {
    "it has just been started": [
      { ends: [], startedAt: ago(1), spokeAt: undefined },
      { is: "awaited", since: ago(1) },
    ],
    "it looks": [
      { ends: [], startedAt: ago(60), spokeAt: ago(59) },
      { is: "well", since: ago(59) },
    ],
    "it looked, and does not answer any more": [
      { ends: [], startedAt: ago(60), spokeAt: ago(59), hang: { since: ago(35), why: "has not answered for 30 s" } },
      { is: "failed", since: ago(35), why: "has not answered for 30 s" },
    ],
    "killed once, it is awaited and no trouble": [
      { ends: [end(1, 60)], startedAt: ago(1), spokeAt: undefined },
      { is: "awaited", since: ago(1) },
    ],
    "killed once and there again": [
      { ends: [end(2, 60)], startedAt: ago(2), spokeAt: ago(1) },
      { is: "well", since: ago(1) },
    ],
    "two lives without a word": [
      { ends: [end(20), end(9)], startedAt: ago(9), spokeAt: undefined },
      { is: "failed", since: ago(20), why: "ends before it says a word, again and again: it ended with 1" },
    ],
    "two lives without a word, a long time apart": [
      { ends: [end(9_000), end(100)], startedAt: ago(100), spokeAt: undefined },
      { is: "failed", since: ago(9_000), why: "ends before it says a word, again and again: it ended with 1" },
    ],
    "it says a word after them": [
      { ends: [end(100), end(90)], startedAt: ago(90), spokeAt: ago(89) },
      { is: "well", since: ago(89) },
    ],
    "it says a word each time, and ends all the same": [
      { ends: [end(20, 1), end(10, 1), end(5, 1)], startedAt: ago(5), spokeAt: ago(4) },
      { is: "failed", since: ago(20), why: "ends again and again: it ended with 1" },
    ],
    "it does so, and is started again only after a while": [
      { ends: [end(61, 2), end(46, 4), end(31, 9)], startedAt: ago(2), spokeAt: ago(1) },
      { is: "failed", since: ago(61), why: "ends again and again: it ended with 1" },
    ],
    "it ended again and again, and has looked for a while since": [
      { ends: [end(28, 1), end(20, 1), end(12, 1)], startedAt: ago(12), spokeAt: ago(11), signAt: ago(1) },
      { is: "well", since: ago(11) },
    ],
    "it ended again and again, and has said nothing for a while since": [
      { ends: [end(48, 1), end(40, 1), end(32, 1)], startedAt: ago(32), spokeAt: ago(31) },
      { is: "failed", since: ago(48), why: "ends again and again: it ended with 1" },
    ],
    "it hung once, and the next one has not shown yet that it does not": [
      { ends: [{ ...end(29, 600), hung: true }], startedAt: ago(29), spokeAt: ago(28) },
      { is: "failed", since: ago(29), why: "has hung and was ended: it ended with 1", mayBeOver: true },
    ],
    "it hung once, and the next one has shown that it does not": [
      { ends: [{ ...end(29, 600), hung: true }], startedAt: ago(29), spokeAt: ago(28), signAt: ago(8) },
      { is: "well", since: ago(28) },
    ],
    "one of three lives was a long one": [
      { ends: [end(30, 1), end(10, 15), end(5, 1)], startedAt: ago(5), spokeAt: ago(4) },
      { is: "well", since: ago(4) },
    ],
    "three ends, but over a day": [
      { ends: [end(80_000, 3_000), end(40_000, 30_000), end(5, 30_000)], startedAt: ago(5), spokeAt: ago(4) },
      { is: "well", since: ago(4) },
    ],
  };
  for (const [title, [life, health]] of Object.entries(cases))
    test(title, () => assert.deepEqual(healthOfReader({ signAt: life.spokeAt ?? life.startedAt, ...life }), health));
});
