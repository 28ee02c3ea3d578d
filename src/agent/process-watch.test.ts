import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import type { Host } from "../host/host.ts";
import { lookerAt } from "./process-watch.ts";

const unit = (name: string, state: string) =>
  `Id=${name}.service\nLoadState=loaded\nUnitFileState=enabled\nActiveState=${state}\nSubState=${state}\nType=simple\nResult=exit-code\nNRestarts=0\n\n`;

/** What systemd prints of them; `undefined`: it does not answer. */
let units: string | undefined;
/** What does not work, and why. */
let reported: Map<string, string>;
let look: () => Promise<void>;

beforeEach(() => {
  units = "";
  reported = new Map();
  const host = {
    clock: { now: () => 1_795_000_000_000 },
    files: { list: () => [], stat: () => ({}) },
    processes: {
      run: async ([program]: readonly string[]) =>
        program === "systemctl"
          ? { code: units === undefined ? 1 : 0, stdout: units ?? "", stderr: "no bus" }
          : { code: 0, stdout: "", stderr: "" },
    },
  } as unknown as Host;
  look = lookerAt(host, (what, _, why) => (why === undefined ? reported.delete(what) : reported.set(what, why)));
});

async function looks(times: number, printed: string | undefined): Promise<void> {
  units = printed;
  for (let time = 0; time < times; time++) await look();
}

const failed = unit("upkeep-logs", "failed");
const trouble = ["Upkeep's service upkeep-logs", "has failed (exit-code)"] as const;

describe("the guard, looking at Upkeep's other services,", () => {
  test("reports what has failed at two looks", async () => {
    await looks(1, failed);
    assert.equal(reported.size, 0);
    await looks(1, failed);
    assert.deepEqual([...reported], [trouble]);
  });

  test("takes back what is well again, and what is gone", async () => {
    for (const after of [unit("upkeep-logs", "active"), ""]) {
      await looks(2, failed);
      await looks(1, after);
      assert.equal(reported.size, 0);
    }
  });

  test("says nothing of itself", async () => {
    await looks(2, unit("upkeep-watches", "failed"));
    assert.equal(reported.size, 0);
  });

  test("reports that systemd does not answer, and what was known stays", async () => {
    await looks(2, failed);
    await looks(2, undefined);
    const unknown = ["Upkeep's own services", "systemd does not say how they fare: no bus"];
    assert.deepEqual([...reported], [trouble, unknown]);
    await looks(1, failed);
    assert.deepEqual([...reported], [trouble]);
  });
});
