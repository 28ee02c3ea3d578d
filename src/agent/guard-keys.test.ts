import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { beforeEach, describe, test } from "node:test";
import type { Host } from "../host/host.ts";
import { type Attempt, revocationList } from "../model/key.ts";
import { openGuardHistory } from "../store/guard-history.ts";
import { openKeys } from "../store/keys.ts";
import { openKeyGuard, type RevokedElsewhere } from "./guard-keys.ts";

const [stolen, other] = ["s", "o"].map((letter) => `SHA256:${letter.repeat(43)}`) as [string, string];
const attempt = (outcome: Attempt["outcome"], at = 1_000): Attempt => ({
  at,
  user: "alice",
  address: "192.0.2.7",
  type: "ED25519",
  fingerprint: stolen,
  outcome,
  comment: "anna@laptop",
});
const watching = (forbidden: "tell" | "revoke") =>
  new Map([
    ["/etc/upkeep/keys/ssh.json", JSON.stringify({ name: "ssh", journal: [], logs: [], forbidden, owners: {} })],
  ]);

let database: DatabaseSync;
let told: RevokedElsewhere[];
let logged: string[];
/** What sshd is told, each time. */
let lists: string[][];
let failures: number;
let reports: Map<string, string>;

function open() {
  let specification = "";
  const files = new Set<string>(["/var/lib/upkeep-keys"]);
  const host = {
    clock: { now: () => 5_000, pause: async () => {} },
    files: {
      stat: (path: string) => (files.has(path) ? {} : undefined),
      remove: (path: string) => files.delete(path),
      create(_path: string, content: string) {
        specification = content;
      },
      setIds() {},
      flush() {},
      rename(_from: string, to: string) {
        assert.equal(to, revocationList);
        files.add(to);
        lists.push([...specification.matchAll(/^hash: (.*)$/gm)].map(([, fingerprint]) => fingerprint!));
      },
    },
    processes: {
      run: async () =>
        failures-- > 0 ? { code: 1, stdout: "", stderr: "no room" } : { code: 0, stdout: "", stderr: "" },
    },
  } as unknown as Host;
  return openKeyGuard({
    host,
    keys: openKeys(database),
    log: (text) => logged.push(text),
    report(what, _, why) {
      if (why === undefined) reports.delete(what);
      else reports.set(what, why);
    },
    tell: (revoked) => told.push(revoked),
  });
}
const events = () =>
  openGuardHistory(database)
    .after(0)
    .events.map(({ is }) => is);

beforeEach(() => {
  database = new DatabaseSync(":memory:");
  [told, logged, lists, failures] = [[], [], [], 0];
  reports = new Map();
});

describe("a right key from a forbidden address", () => {
  test("is told, and nothing is done, unless that is wanted", async () => {
    const guard = open();
    await guard.configure(watching("tell"));
    await guard.take([attempt("forbidden")]);
    assert.deepEqual([events(), told, lists.flat()], [["key forbidden"], [], []]);
    assert.match(logged.at(-1)!, /key forbidden: SHA256:s+ \(anna@laptop\) of alice, from 192\.0\.2\.7/);
  });

  test("is revoked here and everywhere, once, where that is wanted", async () => {
    const guard = open();
    await guard.configure(watching("revoke"));
    await guard.take([attempt("forbidden", 1_000)]);
    await guard.take([attempt("forbidden", 2_000)]);
    assert.deepEqual(lists.at(-1), [stolen]);
    assert.equal(told.length, 1);
    assert.deepEqual(events(), ["key forbidden", "revoked", "key forbidden"]);
  });

  test("that is said again, as it is after a crash, counts once", async () => {
    const guard = open();
    await guard.configure(watching("tell"));
    for (let time = 0; time < 3; time++) await guard.take([attempt("forbidden"), attempt("accepted")]);
    const [use] = openKeys(database).uses();
    assert.deepEqual([use!.accepted, use!.refused, events()], [1, 1, ["key forbidden"]]);
  });

  test("is revoked once there is room for the list, if there is none now", async () => {
    const guard = open();
    await guard.configure(watching("revoke"));
    failures = 1;
    await guard.take([attempt("forbidden")]);
    assert.match(logged.at(-1)!, /no room; tried again/);
    await guard.take([attempt("forbidden", 3_000)]);
    assert.deepEqual(lists.at(-1), [stolen]);
  });
});

test("what is stated and could not be put before sshd is tried again", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  failures = 1;
  const guard = open();
  const stated = JSON.stringify({ fingerprint: other, reason: "" });
  await assert.rejects(guard.configure(new Map([["/etc/upkeep/revoked-keys/x.json", stated]])), /no room/);
  assert.deepEqual(lists, []);
  context.mock.timers.tick(1_000);
  await new Promise(setImmediate);
  assert.deepEqual(lists, [[other]]);
});

test("what is stated is put before sshd although nothing else can be written, and that is reported until it can", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const guard = open();
  await guard.take([{ ...attempt("accepted"), at: -(10 ** 12) }]);
  database.exec("PRAGMA query_only = ON");
  const stated = JSON.stringify({ fingerprint: other, reason: "" });
  await guard.configure(new Map([["/etc/upkeep/revoked-keys/x.json", stated]]));
  assert.deepEqual(lists, [[other]]);
  assert.match([...reports].join(), /used long ago cannot be forgotten,.*readonly/);
  database.exec("PRAGMA query_only = OFF");
  context.mock.timers.tick(2_000);
  assert.deepEqual([...reports], []);
  assert.deepEqual(openKeys(database).uses(), []);
});

test("a key of which it cannot be written down that it is revoked is revoked when its attempt is said again", async () => {
  const guard = open();
  await guard.configure(watching("revoke"));
  database.exec("CREATE TRIGGER full BEFORE INSERT ON revoked_keys BEGIN SELECT RAISE(ABORT, 'full'); END");
  await assert.rejects(guard.take([attempt("forbidden")]), /full/);
  database.exec("DROP TRIGGER full");
  await guard.take([attempt("forbidden")]);
  assert.deepEqual([events(), told.length, lists.at(-1)], [["key forbidden", "revoked"], 1, [stolen]]);
});

test("a key whose revoking was answered with an error is revoked as soon as it can be", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const guard = open();
  await guard.configure(watching("revoke"));
  failures = 1;
  await assert.rejects(guard.shared("web2", { fingerprint: other, reason: "x" }), /no room/);
  context.mock.timers.tick(1_000);
  await new Promise(setImmediate);
  assert.deepEqual(lists.at(-1), [other]);
});

describe("a key that another host has revoked", () => {
  test("is revoked here where this host revokes by itself", async () => {
    const guard = open();
    await guard.configure(watching("revoke"));
    await guard.shared("web2", { fingerprint: other, reason: "tried from 192.0.2.9" });
    assert.deepEqual(lists.at(-1), [other]);
    assert.deepEqual(told, [], "it goes no further");
  });

  for (const [what, config, key] of [
    ["where this host only tells", "tell", { fingerprint: other, reason: "x" }],
    ["when it is none", "revoke", { fingerprint: "SHA256:x", reason: "x" }],
    ["without a reason", "revoke", { fingerprint: other }],
  ] as const)
    test(`is not ${what}`, async () => {
      const guard = open();
      await guard.configure(watching(config));
      await assert.rejects(guard.shared("web2", key));
      assert.deepEqual(lists.flat(), []);
    });
});

test("what is stated and what the host has revoked by itself are one list", async () => {
  const guard = open();
  const stated = new Map([["/etc/upkeep/revoked-keys/a.json", JSON.stringify({ fingerprint: other, reason: "" })]]);
  await guard.configure(new Map([...watching("revoke"), ...stated]));
  await guard.take([attempt("forbidden")]);
  assert.deepEqual(lists.at(-1), [other, stolen]);
  await guard.configure(watching("revoke"));
  assert.deepEqual(lists.at(-1), [stolen]);
  assert.equal(await guard.restore(stolen), true);
  assert.deepEqual(lists.at(-1), []);
});
