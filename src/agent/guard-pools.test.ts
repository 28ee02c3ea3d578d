import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, test } from "node:test";
import { authorityFile, recordsFile } from "../daemons/bind/bind.ts";
import type { Host } from "../host/host.ts";
import { type PoolConfig, recordsOf } from "../model/pool.ts";
import { openGuardHistory } from "../store/guard-history.ts";
import { openPools } from "../store/pools.ts";
import { openPoolGuard, type PoolGuard } from "./guard-pools.ts";
import { openPoolObservations } from "./pool-observations.ts";

const addresses = ["192.0.2.10", "192.0.2.11"];
const pool: PoolConfig = {
  name: "www",
  zone: "example.com",
  records: ["www"],
  members: addresses.map((address) => ({ address, weight: 1, priority: 0 })),
  checks: [{ is: "icmp" }],
  every: 1_000,
  timeout: 500,
  rise: 1,
  fall: 1,
  minUp: 1,
  ttl: 60,
  damping: { changes: 100, within: 1_000 },
  vantage: 1,
  serial: "auto",
  file: "/etc/bind/db.example.com",
};
const files = new Map([["/etc/upkeep/pools/www.json", JSON.stringify(pool)]]);
const seen = (address: string, isUp: boolean, more = {}) => ({
  pool: "www",
  address,
  health: { isUp, since: 1_000, says: isUp ? "answers" : "refused", took: 1, ...more },
});

let guard: PoolGuard;
let database: DatabaseSync;
let logged: string[];
let failing: Map<string, string>;
/** Records that BIND's checker has been asked about. */
let checked: string[];

beforeEach(() => {
  database = new DatabaseSync(":memory:");
  [logged, failing, checked] = [[], new Map(), []];
  const records = recordsFile("example.com", "www");
  const texts = new Map([
    [records, recordsOf(pool, addresses)],
    [authorityFile("example.com"), "@ 3600 IN SOA ns.example.com. admin.example.com. ( 1 2 3 4 5 )\n"],
    [pool.file!, ""],
  ]);
  const host = {
    clock: { now: () => 5_000, pause: async () => {} },
    files: {
      read: (path: string) => texts.get(path),
      stat: (path: string) => (texts.has(path) ? { modifiedAt: 0 } : undefined),
      create: (path: string, text: string) => texts.set(path, text),
      remove: (path: string) => texts.delete(path),
      rename: () => {},
    },
    processes: {
      async run() {
        checked.push(texts.get(`${records}.new`) ?? "");
        return { code: 1, stdout: "", stderr: "not today" };
      },
    },
  } as unknown as Host;
  guard = openPoolGuard({
    host,
    pools: openPools(database),
    log: (text) => logged.push(text),
    report(what, _, why) {
      if (why === undefined) failing.delete(what);
      else failing.set(what, why);
    },
    tell: () => {},
    news: () => {},
  });
});
afterEach(() => guard.stop());

const settled = async () => {
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
};

describe("while nothing can be written down", () => {
  test("an address that is down is taken out all the same, nothing is thrown, and it is reported", async () => {
    guard.configure(files);
    guard.see(seen(addresses[0]!, true));
    await settled();
    database.exec("PRAGMA query_only = ON");
    checked.length = 0;
    guard.see(seen(addresses[1]!, false));
    await settled();
    assert.deepEqual(checked[0]!.match(/192\.0\.2\.\d+/g), [addresses[0]]);
    assert.match(failing.get("what happens to pools cannot be written down") ?? "", /readonly/);
  });

  test("also when that is an alarm, a certificate ends, or pools are others", async () => {
    guard.configure(new Map([["/etc/upkeep/pools/www.json", JSON.stringify({ ...pool, minUp: 2 })]]));
    for (const address of addresses) guard.see(seen(address, true));
    await settled();
    database.exec("PRAGMA query_only = ON");
    guard.see(seen(addresses[1]!, false, { certificateEnds: 9_000 }));
    await settled();
    assert.match(logged.join(), /www: 1 of 2 addresses seem to be up/);
    // It is no trouble of the zone's.
    assert.deepEqual([...failing.keys()], ["what happens to pools cannot be written down"]);
    guard.configure(new Map());
    await settled();
  });

  test("what happened is written down once there is room", async (context) => {
    context.mock.timers.enable({ apis: ["setTimeout"] });
    guard.configure(files);
    guard.see(seen(addresses[0]!, true));
    await settled();
    database.exec("PRAGMA query_only = ON");
    guard.see(seen(addresses[1]!, false));
    await settled();
    database.exec("PRAGMA query_only = OFF");
    context.mock.timers.tick(2_000);
    assert.ok(!failing.has("what happens to pools cannot be written down"));
    const store = openPools(database);
    assert.deepEqual(
      store.changes("www", 0).map(({ address, isUp }) => [address, isUp]),
      [[addresses[1], false]],
    );
    const down = store.observed().find(({ key }) => key === `www ${addresses[1]}`);
    assert.deepEqual((down!.value as { isUp: boolean }).isUp, false);
    assert.ok(openGuardHistory(database).newest() > 0);
  });
});

test("how an address stands is news until it is written down", () => {
  const store = openPools(database);
  const observations = openPoolObservations(store);
  const member = { pool: "www", address: addresses[0]!, votes: [0, 0] as [number, number], isPublished: true };
  database.exec("PRAGMA query_only = ON");
  assert.throws(() => observations.note([member], 1));
  database.exec("PRAGMA query_only = OFF");
  assert.equal(observations.note([member], 1), true);
  assert.equal(observations.note([member], 1), false);
  database.exec("PRAGMA query_only = ON");
  assert.throws(() => observations.keepOnly([], 1));
  database.exec("PRAGMA query_only = OFF");
  observations.keepOnly([], 1);
  assert.deepEqual(store.observed(), []);
});
