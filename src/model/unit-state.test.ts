import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseUnits, troubleOf, type UnitProperties } from "./unit-state.ts";

const now = 1_795_000_000_000;
const unit = (more: UnitProperties = {}): UnitProperties => ({
  Id: "upkeep-watches.service",
  LoadState: "loaded",
  UnitFileState: "enabled",
  ActiveState: "active",
  SubState: "running",
  Type: "simple",
  Result: "success",
  ExecMainStatus: "0",
  NRestarts: "0",
  ActiveEnterTimestamp: `@${now / 1000 - 3_600}`,
  ...more,
});

describe("whether a service of Upkeep's own is well", () => {
  const cases: Readonly<Record<string, [UnitProperties, string | undefined, lately?: number]>> = {
    "it runs": [unit(), undefined],
    "it is being started": [unit({ ActiveState: "activating", SubState: "start" }), undefined],
    "it was killed once and waits to be started": [
      unit({
        ActiveState: "activating",
        SubState: "auto-restart",
        NRestarts: "1",
        Result: "signal",
        ExecMainStatus: "9",
      }),
      undefined,
    ],
    "it ends again and again": [
      unit({
        ActiveState: "activating",
        SubState: "auto-restart",
        NRestarts: "12",
        Result: "exit-code",
        ExecMainStatus: "203",
      }),
      "ends again and again, 13 times so far (exit-code, 203)",
    ],
    "it runs at this moment, as before each of its ends": [
      unit({ NRestarts: "12", ActiveEnterTimestamp: `@${now / 1000 - 2}` }),
      "ends again and again, 12 times so far",
    ],
    "it ends again and again at this moment": [
      unit({ ActiveState: "activating", SubState: "auto-restart", NRestarts: "40", Result: "exit-code" }),
      "ends again and again, 13 times within 5 minutes (exit-code)",
      12,
    ],
    "it has ended as often, over months": [
      unit({ ActiveState: "activating", SubState: "auto-restart", NRestarts: "40", Result: "exit-code" }),
      undefined,
      1,
    ],
    "it has ended as often, over months, and runs again since a moment": [
      unit({ NRestarts: "40", ActiveEnterTimestamp: `@${now / 1000 - 2}` }),
      undefined,
      1,
    ],
    "it has run for a minute since": [
      unit({ NRestarts: "12", ActiveEnterTimestamp: `@${now / 1000 - 60}` }),
      undefined,
    ],
    "it has failed for good": [
      unit({ ActiveState: "failed", SubState: "failed", Result: "oom-kill", ExecMainStatus: "9" }),
      "has failed (oom-kill, 9)",
    ],
    "somebody has stopped it": [
      unit({ ActiveState: "inactive", SubState: "dead" }),
      "does not run: somebody has stopped it",
    ],
    "it is none that has to run": [
      unit({ ActiveState: "inactive", SubState: "dead", UnitFileState: "disabled" }),
      undefined,
    ],
    "what runs once is over": [unit({ ActiveState: "inactive", SubState: "dead", Type: "oneshot" }), undefined],
    "what runs once has failed": [
      unit({ ActiveState: "failed", SubState: "failed", Type: "oneshot", Result: "exit-code", ExecMainStatus: "1" }),
      "has failed (exit-code, 1)",
    ],
    "a run that waits for a person": [
      unit({ Id: "upkeep-run@3.service", ActiveState: "inactive", SubState: "dead" }),
      undefined,
    ],
    "there is no such unit": [unit({ LoadState: "not-found", ActiveState: "inactive" }), undefined],
  };
  for (const [title, [given, trouble, times]] of Object.entries(cases))
    test(title, () => {
      const lately = times === undefined ? undefined : { times, minutes: 5 };
      assert.equal(troubleOf(given, now, lately), trouble);
    });

  test("units are read as systemctl prints them", () => {
    assert.deepEqual(parseUnits("Id=a.service\nResult=success\n\nId=b.service\nResult=a=b\n"), [
      { Id: "a.service", Result: "success" },
      { Id: "b.service", Result: "a=b" },
    ]);
  });
});
