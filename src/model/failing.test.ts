import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { announcementsOf, type ToldFailing, type Work } from "./failing.ts";

const now = 1_795_000_000_000;
const ago = (seconds: number) => now - 1000 * seconds;
const work = (since: number, why?: string): Work => ({
  what: "the reader",
  since: ago(since),
  refs: ["Jail/sshd"],
  ...(why !== undefined && { why }),
});
const told = (at: number, more: Partial<ToldFailing> = {}): ToldFailing => ({
  what: "the reader",
  why: "ended",
  at: ago(at),
  times: 1,
  ...more,
});

describe("people are told of what does not work", () => {
  const cases: Readonly<Record<string, [Work | undefined, ToldFailing | undefined, string[]]>> = {
    "nothing of what works": [work(100), undefined, []],
    "nothing of a hiccup": [work(4, "ended"), undefined, []],
    "once it lasts": [work(6, "ended"), undefined, ["failing the reader: ended (Jail/sshd) 1"]],
    once: [work(600, "ended"), told(594), []],
    "once, also when the reason is another meanwhile": [work(600, "no memory"), told(594), []],
    "not yet that it works again, which may be a hiccup, too": [work(9), told(60), []],
    "that it works again": [work(11), told(60), ["recovered the reader: works again (Jail/sshd) 1"]],
    "that it works again, once": [work(600), told(660, { over: ago(590) }), []],
    "the less, the more often it comes and goes": [work(11), told(60, { times: 3 }), []],
    "and at last": [work(41), told(60, { times: 3 }), ["recovered the reader: works again (Jail/sshd) 3"]],
    "again, when it fails again": [
      work(6, "ended"),
      told(60, { over: ago(20) }),
      ["failing the reader: ended (Jail/sshd) 2"],
    ],
    "a day later as for the first time": [
      work(6, "ended"),
      told(80_000, { times: 7, over: ago(70_000) }),
      ["failing the reader: ended (Jail/sshd) 1"],
    ],
    "that it works again, when those who look now know of no trouble": [
      undefined,
      told(60),
      ["recovered the reader: works again 1"],
    ],
  };
  for (const [title, [current, before, said]] of Object.entries(cases))
    test(title, () => {
      const announcements = announcementsOf(
        new Map(current ? [["reader", current]] : []),
        new Map(before ? [["reader", before]] : []),
        { now, begun: ago(30) },
      );
      assert.deepEqual(
        announcements.map(({ is, says, told: { times } }) => `${is} ${says} ${times}`),
        said,
      );
    });

  test("of many records some are named; of one the event says which it is", () => {
    const refs = Array.from({ length: 8 }, (_, index) => `Jail/j${index}` as const);
    const one = announcementsOf(new Map([["a", { ...work(6, "ended") }]]), new Map(), { now, begun: now });
    const many = announcementsOf(new Map([["a", { ...work(6, "ended"), refs }]]), new Map(), { now, begun: now });
    assert.equal(one[0]?.ref, "Jail/sshd");
    assert.equal(many[0]?.ref, undefined);
    assert.match(many[0]!.says, /\(Jail\/j0, Jail\/j1, Jail\/j2, Jail\/j3, Jail\/j4 and 3 more\)$/);
  });
});
