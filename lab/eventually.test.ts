import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { eventually, pauseAfter } from "./eventually.ts";
import { openPatience, slowness } from "./patience.ts";

describe("waiting", () => {
  test("ends as soon as it is so, and asks until then", async () => {
    let asked = 0;
    await eventually("the third time", () => ++asked === 3);
    assert.equal(asked, 3);
  });

  test("says what was waited for, for how long, and what was found instead", async () => {
    await assert.rejects(
      eventually(
        "the site answers",
        () => false,
        20,
        () => "but 503",
      ),
      /^Error: not within \d+\.\d s \(0\.02 s were expected of a quiet machine; this one is \d+\.\d times as slow\): the site answers but 503$/,
    );
  });

  test("leaves most of the machine to what is waited for, whatever asking costs", () => {
    assert.deepEqual([0, 10, 400, 5_000].map(pauseAfter), [50, 50, 800, 1_000]);
  });

  test("is not over before its time, and a machine is never quicker than a quiet one", () => {
    assert.ok(slowness() >= 1);
    assert.equal(openPatience(60_000).isOver(), false);
  });
});
