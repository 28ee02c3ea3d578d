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

test("a table that somebody has flushed is filled again: before the next ban, and soon without one", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  const now = 1_795_000_000_000;
  /** Whom the packet filter keeps out; nothing: it has no table. */
  let table: string | undefined;
  const host = {
    clock: { now: () => now },
    files: { list: () => [], stat: () => undefined, read: () => undefined },
    processes: {
      async run(argv: readonly string[], { input = "" }: { input?: string | Iterable<string> } = {}) {
        const batch = [...input].join("");
        if (argv[1] === "list")
          return { code: 0, stdout: table === undefined ? "" : "table inet upkeep_bans\n", stderr: "" };
        if (batch.startsWith("table inet upkeep_bans")) table = batch;
        else if (table === undefined) return { code: 1, stdout: "", stderr: "No such file or directory" };
        else table += batch;
        return { code: 0, stdout: "", stderr: "" };
      },
    },
  } as unknown as Host;
  const failing = new Set<string>();
  const guard = await openBanGuard({
    host,
    bans: openBans(new DatabaseSync(":memory:")),
    log: () => {},
    report: (what, _, why) => (why === undefined ? failing.delete(what) : failing.add(what)),
    tell: () => {},
    news: () => {},
  });
  const ban = (address: string) =>
    guard.ban({ address, reason: "", ports: [], since: now, until: now + 60_000, number: 1, evidence: [] });
  await ban("192.0.2.1");
  table = undefined;
  await ban("192.0.2.2");
  assert.match(table!, /192\.0\.2\.1 .*192\.0\.2\.2 /s);
  table = undefined;
  context.mock.timers.tick(20_000);
  await new Promise(setImmediate);
  assert.match(table!, /192\.0\.2\.1 .*192\.0\.2\.2 /s);
  assert.equal(failing.size, 0);
  guard.stop();
});
