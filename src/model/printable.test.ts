import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { foreignText } from "./foreign-text.ts";
import { moment } from "./moment.ts";
import { printable } from "./printable.ts";

describe("what strangers wrote", () => {
  for (const [what, text, shown] of [
    ["moves no cursor", "a\u001b[2Jb\u0085", "a?[2Jb?"],
    ["ends no line", "a\nb\u2028c\u2029d", "a?b?c?d"],
    ["is read in the order in which it stands", "a\u202eb\u2066c\u200fd", "a?b?c?d"],
    ["is otherwise as it was", "Zoë: 10 € ☃", "Zoë: 10 € ☃"],
  ] as const)
    test(what, () => {
      assert.equal(printable(text), shown);
      const own = foreignText().parse(text.replaceAll("\n", "\u0000"));
      assert.equal(own, shown.replaceAll("?", "\ufffd"));
    });

  test("is a moment only if a date can be made of it", () => {
    assert.equal(new Date(moment.parse(8_640_000_000_000_000)).toISOString(), "+275760-09-13T00:00:00.000Z");
    for (const wrong of [8_640_000_000_000_001, Number.MAX_SAFE_INTEGER, -1, 1.5])
      assert.equal(moment.safeParse(wrong).success, false);
  });
});
