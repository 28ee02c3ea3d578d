import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Condition, ConditionState } from "./condition.ts";
import { conditionsWith, countStates, firstWordPatience, judge, type RecordHealth } from "./health.ts";
import { isForReader, isRead, watchedRef } from "./watched.ts";

const condition = (state: ConditionState): Condition => ({ ref: "Jail/sshd", state, message: "live", at: 1 });
const failed: RecordHealth = { ref: "Jail/sshd", health: { is: "failed", since: 5, why: "the reader ended" } };

describe("how a record stands, with how its work fares", () => {
  test("what was applied and is not looked at any longer has failed, since then", () => {
    const now = conditionsWith([condition("Applied")], [failed]);
    assert.deepEqual(now, [{ ref: "Jail/sshd", state: "Failed", message: "the reader ended", at: 5 }]);
    assert.deepEqual(countStates(now), { Failed: 1 });
  });

  for (const state of ["Pending", "Failed", "Quarantined", "Drifted"] as const)
    test(`what is ${state} stays so`, () =>
      assert.deepEqual(conditionsWith([condition(state)], [failed]), [condition(state)]));

  for (const health of [
    { is: "well", since: 5 },
    { is: "awaited", since: 5 },
  ] as const)
    test(`what is ${health.is} is as it was applied`, () =>
      assert.deepEqual(conditionsWith([condition("Applied")], [{ ref: "Jail/sshd", health }]), [condition("Applied")]));

  test("waiting for the first word is no trouble, and is one when it goes on", () => {
    const awaited = { is: "awaited", since: 0 } as const;
    assert.equal(judge(awaited, firstWordPatience).is, "awaited");
    assert.match((judge(awaited, firstWordPatience + 1_000) as { why: string }).why, /has not said for 31 s/);
  });
});

test("a file of a watched record says whose it is", () => {
  assert.equal(watchedRef("/etc/upkeep/jails/sshd.json"), "Jail/sshd");
  assert.equal(watchedRef("/etc/upkeep/jails/sshd.txt"), undefined);
  assert.equal(watchedRef("/etc/upkeep/host.yaml"), undefined);
  assert.ok(isRead("Jail/sshd") && !isRead("Notification/ops") && !isRead("Site/shop.example.com"));
  assert.ok(isForReader("/etc/upkeep/pools/www.json") && !isForReader("/etc/upkeep/notifications/ops.json"));
});
