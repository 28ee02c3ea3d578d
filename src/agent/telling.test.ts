import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { beforeEach, describe, test } from "node:test";
import type { Desired } from "../model/desired.ts";
import type { RecordHealth } from "../model/health.ts";
import type { Report } from "../model/report.ts";
import { digestOf } from "../model/watched.ts";
import { openDesiredCopy } from "../store/desired-copy.ts";
import { openLedger } from "../store/ledger.ts";
import { openTeller, type Teller } from "./telling.ts";
import type { Upkeep } from "./upkeep.ts";

const file = "/etc/upkeep/jails/sshd.json";
const live = "{cured}";
const applied = { ref: "Jail/sshd", state: "Applied", message: "live", at: 1 } as const;
const entry = { ref: "Jail/sshd", sequence: 7, revision: 2, resource: { kind: "Jail", name: "sshd", spec: {} } };
const failed = (text?: string): RecordHealth => ({
  ref: "Jail/sshd",
  ...(text !== undefined && { digest: digestOf(text) }),
  health: { is: "failed", since: 5, why: "no such filter" },
});
const well: RecordHealth = { ref: "Jail/sshd", digest: digestOf(live), health: { is: "well", since: 6 } };

let told: string[];
let before: readonly RecordHealth[];
let now: readonly RecordHealth[] | Error;
let looks: number;
let teller: Teller;

beforeEach(() => {
  [told, before, now, looks] = [[], [], [], 0];
  const database = new DatabaseSync(":memory:");
  const ledger = openLedger(database);
  ledger.setConditions([applied]);
  const copy = openDesiredCopy(database);
  copy.take([entry as unknown as Desired]);
  copy.done([entry as unknown as Desired], "");
  const host = {
    clock: { now: () => 10 },
    files: { stat: () => undefined, read: (path: string) => (path === file ? live : undefined) },
  };
  teller = openTeller(
    { host, ledger, copy, look: () => ({}) } as unknown as Upkeep & { copy: typeof copy },
    {
      async report({ conditions }: Report) {
        told.push(...conditions.map(({ ref, state, message }) => `${ref} ${state} ${message}`));
      },
      event() {},
    },
    {
      records: () => before,
      async look() {
        looks++;
        if (now instanceof Error) throw now;
        return now;
      },
    },
  );
});

describe("a host tells how a change came out as it is then", () => {
  const outcome = () => teller.outcome([entry as unknown as Desired], { conditions: [applied], removed: [] });
  const [isWell, hasFailed] = ["Jail/sshd Applied live", "Jail/sshd Failed no such filter"];

  test("what was seen of the text before says nothing of the one that cures it", async () => {
    before = [failed("{broken}")];
    now = [well];
    await outcome();
    await teller.all();
    assert.deepEqual(told, [isWell, isWell]);
  });

  for (const [what, seen, found, says] of [
    ["what failed a while ago, and has been cured meanwhile, is well", failed(live), [well], isWell],
    ["what failed because the guard was dead, and is well now, is well", failed(), [well], isWell],
    ["what still fails has failed", failed(live), [failed(live)], hasFailed],
    ["what fails for as long as no guard lives has failed", failed(), [failed()], hasFailed],
    ["where nobody can look, what was seen last holds", failed(live), new Error("locked"), hasFailed],
  ] as const)
    test(what, async () => {
      before = [seen];
      now = found;
      await outcome();
      assert.deepEqual([told, looks], [[says], 1]);
    });

  test("where nothing failed, and where others did, it is not looked again", async () => {
    await outcome();
    before = [{ ...failed(), ref: "Jail/web" }];
    await outcome();
    assert.deepEqual([told, looks], [[isWell, isWell], 0]);
  });
});
