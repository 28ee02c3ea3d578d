import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import type { Host } from "../host/host.ts";
import { openBans } from "../store/bans.ts";
import { openBanGuard } from "./guard-bans.ts";

test("a guard that starts while the disk is full keeps out who is banned, and forgets the others later", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const now = 1_795_000_000_000;
  const database = new DatabaseSync(":memory:");
  const bans = openBans(database);
  const ban = (address: string, until: number) => ({ address, jail: "sshd", reason: "", ports: [22], since: 1, until });
  const placed = (address: string) => [{ set: "ports4", element: `${address} . 22` }];
  for (const [address, until] of [
    ["192.0.2.1", now - 1],
    ["192.0.2.2", now + 60_000],
  ] as const)
    bans.put([{ ...ban(address, until), number: 1, evidence: [] }], () => placed(address));
  database.exec("PRAGMA query_only = ON");
  const batches: string[] = [];
  const failing = new Map<string, string>();
  const host = {
    clock: { now: () => now },
    files: { list: () => [], stat: () => undefined },
    processes: {
      async run(_: unknown, { input = "" }: { input?: string | Iterable<string> } = {}) {
        batches.push([...input].join(""));
        return { code: 0, stdout: "", stderr: "" };
      },
    },
  } as unknown as Host;
  const guard = await openBanGuard({
    host,
    bans,
    log: () => {},
    report(what, _, why) {
      if (why === undefined) failing.delete(what);
      else failing.set(what, why);
    },
    tell: () => {},
    news: () => {},
  });
  assert.match(batches[0]!, /192\.0\.2\.2/);
  assert.deepEqual([...failing.keys()], ["bans that are over cannot be forgotten"]);
  database.exec("PRAGMA query_only = OFF");
  context.mock.timers.tick(2_000);
  assert.deepEqual([failing.size, bans.find("192.0.2.1")], [0, []]);
  guard.stop();
});
