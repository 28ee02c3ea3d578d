import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RecordHealth } from "../model/health.ts";
import { lasting, steadied } from "./health-watch.ts";

const failed = (why: string, since: number): RecordHealth => ({
  ref: "Jail/sshd",
  health: { is: "failed", why, since },
});

describe("what an agent tells of its host's watches", () => {
  test("what fails for the same reason is no news, also when it is counted in it", () => {
    const before = [failed("ended 12 times", 1)];
    assert.deepEqual(steadied([failed("ended 13 times", 9)], before), before);
  });

  test("another reason is news, and so is that it is well", () => {
    assert.deepEqual(steadied([failed("no memory", 9)], [failed("ended 12 times", 1)]), [failed("no memory", 9)]);
    const well: RecordHealth = { ref: "Jail/sshd", health: { is: "well", since: 9 } };
    assert.deepEqual(steadied([well], [failed("no memory", 1)]), [well]);
  });

  test("a hiccup is told to nobody", () => {
    assert.deepEqual(lasting([failed("ended", 1_000)], 5_000), []);
    assert.equal(lasting([failed("ended", 1_000)], 6_000).length, 1);
  });
});
