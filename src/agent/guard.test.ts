import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { afterEach, describe, test } from "node:test";
import type { Host } from "../host/host.ts";
import type { Banned } from "../model/ban.ts";
import type { JailConfig } from "../model/jail.ts";
import { openBans } from "../store/bans.ts";
import { openFailing } from "../store/failing.ts";
import { openGuardHistory } from "../store/guard-history.ts";
import { openKeys } from "../store/keys.ts";
import { openMailCounts } from "../store/mail-counts.ts";
import { openPools } from "../store/pools.ts";
import { type Guard, startGuard } from "./guard.ts";

let guard: Guard | undefined;
afterEach(() => guard?.stop());

const jail: JailConfig = {
  name: "sshd",
  filter: "sshd",
  logs: ["/var/log/auth.log"],
  journal: [],
  maxRetry: 5,
  findTime: 600_000,
  banTime: 600_000,
  growth: 2,
  longest: 86_400_000,
  ports: [22],
  allow: ["198.51.100.0/24"],
  allowNames: [],
  searchEngines: false,
  byServer: false,
  everywhere: false,
  active: true,
};

const start = 1_795_000_000_000;
let now = start;
let list: () => readonly Banned[];

/** A guard whose eyes we are. */
async function guarded(
  config: Partial<JailConfig> = {},
  nftFails = 0,
  nftFailsFirst = false,
  others: readonly (readonly [string, string])[] = [],
) {
  now = start;
  const batches: string[] = [];
  const said: { is: string }[] = [];
  const logged: string[] = [];
  let hear: (line: string) => void = () => {};
  let kills = 0;
  let fails = nftFails;
  let wake = () => {};
  const host = {
    clock: { now: () => now, pause: () => new Promise<void>((resolve) => setImmediate(resolve)) },
    files: { list: () => [], stat: () => undefined },
    processes: {
      async run([program, ...args]: readonly string[], { input = "" }: { input?: string | Iterable<string> } = {}) {
        if (program === "ip")
          return { code: 0, stdout: args[0] === "-4" ? "default via 192.0.2.254 dev eth0\n" : "", stderr: "" };
        if (program === "who") return { code: 0, stdout: "anna  pts/0  2026-11-22 10:00 (203.0.113.50)\n", stderr: "" };
        if ((batches.length > 0 || nftFailsFirst) && fails-- > 0)
          return { code: 1, stdout: "", stderr: "Could not process rule" };
        batches.push([...input].join(""));
        return { code: 0, stdout: "", stderr: "" };
      },
    },
  } as unknown as Host;
  const database = new DatabaseSync(":memory:");
  const bans = openBans(database);
  list = () => bans.all(start);
  guard = await startGuard({
    host,
    bans,
    keys: openKeys(database),
    pools: openPools(database),
    mail: openMailCounts(database),
    history: openGuardHistory(database),
    failing: openFailing(database),
    look: (ears) => {
      hear = ears.hear;
      return {
        say(line) {
          said.push(JSON.parse(line) as { is: string });
          wake();
        },
        stop: () => {},
        kill() {
          kills++;
          ears.ended("it was ended by SIGKILL");
        },
      };
    },
    read: () => new Map([["/etc/upkeep/jails/sshd.json", JSON.stringify({ ...jail, ...config })], ...others]),
    log: (text) => logged.push(text),
  });
  let id = 0;
  const ask = async (fields: object) => {
    const decision = {
      is: "ban",
      id: ++id,
      jail: "sshd",
      address: "192.0.2.7",
      since: start,
      until: start + 600_000,
      number: 1,
      evidence: ["line"],
      ...fields,
    };
    const acknowledged = said.filter(({ is }) => is === "acknowledge").length;
    hear(JSON.stringify(decision));
    while (said.filter(({ is }) => is === "acknowledge").length === acknowledged)
      await new Promise<void>((resolve) => (wake = resolve));
  };
  return { batches, said, logged, ask, bans, database, hear: (line: string) => hear(line), kills: () => kills };
}

describe("what is asked for is done", () => {
  test("the packet filter keeps them out for as long as it was decided, and it is written down", async () => {
    const { ask, batches } = await guarded();
    await ask({});
    assert.match(batches.at(-1)!, /add element inet upkeep_bans ports4 \{ 192\.0\.2\.7 \. 22 timeout 600s \}/);
    assert.deepEqual(
      list().map(({ address, until, evidence }) => [address, until, evidence]),
      [["192.0.2.7", start + 600_000, ["line"]]],
    );
  });

  test("those who were banned before are kept out before anything else is", async () => {
    const { batches } = await guarded();
    assert.match(batches[0]!, /^table inet upkeep_bans\ndelete table inet upkeep_bans\ntable inet upkeep_bans \{/);
  });

  test("what the packet filter refuses is tried again, and not acknowledged before", async () => {
    const { ask, logged } = await guarded({}, 2);
    await ask({});
    assert.equal(logged.filter((text) => /nft refuses.*tried again/.test(text)).length, 2);
    assert.equal(list().length, 1);
  });

  test("a jail that only looks bans nobody", async () => {
    const { ask, logged } = await guarded({ active: false });
    await ask({});
    assert.deepEqual(list(), []);
    assert.ok(logged.some((text) => /would have banned 192\.0\.2\.7/.test(text)));
  });
});

describe("whatever the part without rights says, root does not", () => {
  for (const [what, fields] of Object.entries({
    "ban the gateway": { address: "192.0.2.254" },
    "ban somebody who is signed in": { address: "203.0.113.50" },
    "ban the machine itself": { address: "127.0.0.1" },
    "ban the machine itself by its other name": { address: "::1" },
    "ban whom the jail lets pass": { address: "198.51.100.9" },
    "ban for a jail that there is not": { jail: "other" },
    "ban in the past": { until: start - 1 },
  }))
    test(what, async () => {
      const { ask } = await guarded();
      await ask(fields);
      assert.deepEqual(list(), []);
    });

  test("ban for longer than the jail says", async () => {
    const { ask } = await guarded();
    await ask({ until: start + 10 ** 12 });
    assert.equal(list()[0]!.until, start + jail.longest);
  });

  test("take lines that would change a terminal", async () => {
    const { ask } = await guarded();
    await ask({ evidence: ["\u001b[2Jgone"] });
    assert.deepEqual(list()[0]!.evidence, ["?[2Jgone"]);
  });

  test("write lines of the journal that are not its own", async () => {
    const { hear, logged } = await guarded();
    hear(JSON.stringify({ is: "trouble", text: "a\nupkeep watch: banned 192.0.2.9 for 600 s, jail sshd" }));
    assert.ok(logged.includes("a?upkeep watch: banned 192.0.2.9 for 600 s, jail sshd"));
  });

  for (const line of [
    "",
    "{",
    "[]",
    '{"is":"ban"}',
    '{"is":"ban","address":"1.2.3.4; flush ruleset"}',
    '{"is":"run","argv":["sh"]}',
  ])
    test(`listen to ${JSON.stringify(line)}`, async () => {
      const { hear, batches, logged } = await guarded();
      const before = batches.length;
      hear(line);
      assert.equal(batches.length, before);
      assert.ok(logged.some((text) => /may not say/.test(text)));
    });
});

describe("what happens is written down, in order", () => {
  test("who is banned, and who is let in again", async () => {
    const { ask, database } = await guarded();
    let news = 0;
    guard!.onNews(() => news++);
    await ask({});
    assert.equal(await guard!.unban("192.0.2.7"), true);
    assert.equal(await guard!.unban("192.0.2.7"), false);
    const { events, observations, last } = openGuardHistory(database).after(0);
    assert.deepEqual(
      events.map(({ number, is, says }) => [number, is, says]),
      [
        [1, "banned", "192.0.2.7 for 10 min: jail sshd"],
        [2, "unbanned", "192.0.2.7"],
      ],
    );
    const [banned, unbanned] = observations.map(({ value }) => value as Banned | undefined);
    assert.deepEqual([banned?.evidence, unbanned, last], [["line"], undefined, 2]);
    assert.equal(openGuardHistory(database).after(1).events.length, 1);
    assert.equal(news, 2);
  });
});

describe("what does not work is seen", () => {
  const whyFailed = () =>
    guard!.health().map(({ ref, health }) => [ref, health.is === "failed" ? health.why : health.is]);
  const looking = JSON.stringify({ is: "looking", turn: 1, waiting: [], troubles: [] });

  test("a guard whose packet filter does not work lives on, and its jails fail until it does", async () => {
    const { hear, batches, ask } = await guarded({}, 1, true);
    hear(looking);
    assert.deepEqual(whyFailed(), [
      ["Jail/sshd", "the packet filter cannot be told who is banned: nft refuses that: Could not process rule"],
    ]);
    // What is asked for meanwhile is done once it works.
    await ask({});
    assert.match(batches[0]!, /^table inet upkeep_bans/);
    assert.deepEqual(whyFailed(), [["Jail/sshd", "well"]]);
  });

  test("a ban that the packet filter does not take is the jail's trouble until it does", async () => {
    const { hear, ask } = await guarded({}, 2);
    hear(looking);
    const asked = ask({});
    await new Promise((resolve) => setImmediate(resolve));
    await asked;
    assert.deepEqual(whyFailed(), [["Jail/sshd", "well"]]);
  });

  test("what cannot be written down for a moment is the trouble of those whose finds it is, and of nobody else", async () => {
    const fingerprint = `SHA256:${"A".repeat(43)}`;
    const { hear, ask, database } = await guarded({}, 0, false, [
      ["/etc/upkeep/revoked-keys/lost.json", JSON.stringify({ fingerprint, reason: "lost" })],
    ]);
    hear(looking);
    database.exec("PRAGMA query_only = ON");
    const asked = ask({});
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(whyFailed(), [
      ["Jail/sshd", "what the reader finds cannot be acted on: attempt to write a readonly database"],
      ["RevokedKey/lost", "well"],
    ]);
    database.exec("PRAGMA query_only = OFF");
    await asked;
    assert.deepEqual(whyFailed(), [
      ["Jail/sshd", "well"],
      ["RevokedKey/lost", "well"],
    ]);
  });

  test("one whose reader says more than it may is not believed", async () => {
    const { hear, logged } = await guarded();
    hear(JSON.stringify({ is: "looking", turn: 1, waiting: [], troubles: [], argv: ["sh"] }));
    assert.match(logged.join("\n"), /said something that it may not say/);
    assert.deepEqual(whyFailed(), [["Jail/sshd", "awaited"]]);
  });
});

describe("a reader that hangs", () => {
  test("is asked for a sign of life, and one that gives none is told of, ended and started again", async (t) => {
    t.mock.timers.enable({ apis: ["setInterval", "setTimeout"] });
    const { hear, said, kills, database } = await guarded();
    const pass = (seconds: number) => {
      now += 1_000 * seconds;
      t.mock.timers.tick(1_000 * seconds);
    };
    const pings = () => said.filter(({ is }) => is === "ping").map((each) => (each as unknown as { n: number }).n);
    const health = () => guard!.health().map(({ health }) => (health.is === "failed" ? health.why : health.is));
    const events = () =>
      openGuardHistory(database)
        .after(0)
        .events.map(({ is, says }) => `${is} ${says}`);
    pass(20);
    assert.deepEqual(pings(), [], "not before its first word");
    hear(JSON.stringify({ is: "looking", turn: 1, waiting: [], troubles: [] }));
    for (let minute = 0; minute < 6; minute++) {
      pass(10);
      hear(JSON.stringify({ is: "alive", n: pings().at(-1) }));
    }
    assert.deepEqual(pings(), [1, 2, 3, 4, 5, 6]);
    pass(10);
    hear(JSON.stringify({ is: "alive", n: 1_000 }));
    for (const _ of [1, 2]) pass(10);
    assert.deepEqual([health(), kills()], [["well"], 0], "it may take a while");
    pass(10);
    assert.equal(kills(), 1);
    const why = "the reader of logs and addresses: has not answered for 30 s (Jail/sshd)";
    assert.deepEqual(events(), [`failing ${why}`], "also of a reader that is there again at once");
    pass(1);
    const ended = "the reader of logs and addresses has hung and was ended: it has not answered for 30 s";
    assert.deepEqual(health(), [ended]);
    const turn = said.filter(({ is }) => is === "configure").length;
    hear(JSON.stringify({ is: "looking", turn, waiting: [], troubles: [] }));
    assert.deepEqual(health(), [ended], "its first word is no answer");
    pass(10);
    assert.deepEqual([pings().at(-1), kills()], [1, 1], "a new life is asked anew");
    hear(JSON.stringify({ is: "alive", n: 1 }));
    assert.deepEqual(health(), ["well"]);
    pass(1);
    assert.match(events()[1]!, /^recovered the reader of logs and addresses/);
  });
});

describe("a ban of another host", () => {
  const ban = { address: "192.0.2.7", jail: "sshd", until: start + 600_000, number: 1, evidence: ["line"] };

  test("holds here, where the jail says so, and goes no further", async () => {
    await guarded({ everywhere: true });
    const heard: unknown[] = [];
    guard!.onNews(({ share }) => share?.is === "ban" && heard.push(share.ban));
    await guard!.shared("web2", { is: "ban", ban });
    assert.deepEqual(
      list().map(({ address, reason }) => [address, reason]),
      [["192.0.2.7", "jail sshd on web2"]],
    );
    assert.deepEqual(heard, []);
  });

  test("is told to others, where the jail says so", async () => {
    const { ask } = await guarded({ everywhere: true });
    const heard: unknown[] = [];
    guard!.onNews(({ share }) => share?.is === "ban" && heard.push(share.ban));
    await ask({});
    assert.deepEqual(heard, [ban]);
  });

  test("is not told, and does not hold, where it keeps to itself", async () => {
    const { ask } = await guarded();
    const heard: unknown[] = [];
    guard!.onNews(({ share }) => share?.is === "ban" && heard.push(share.ban));
    await ask({});
    assert.deepEqual(heard, []);
    await assert.rejects(
      guard!.shared("web2", { is: "ban", ban: { ...ban, address: "192.0.2.8" } }),
      /keeps to itself/,
    );
  });

  for (const [what, change] of Object.entries({
    "the gateway": { address: "192.0.2.254" },
    "whom the jail lets pass": { address: "198.51.100.9" },
    "what is no address": { address: "all" },
    "more than a ban": { argv: ["sh"] },
    "another jail's": { jail: "other" },
  }))
    test(`is refused: ${what}`, async () => {
      await guarded({ everywhere: true });
      await assert.rejects(guard!.shared("web2", { is: "ban", ban: { ...ban, ...change } }));
      assert.deepEqual(list(), []);
    });
});

test("whoever is let in again is let in everywhere, and what they did is forgotten", async () => {
  const { ask, batches, said } = await guarded();
  await ask({});
  assert.equal(await guard!.unban("192.0.2.7"), true);
  assert.match(batches.at(-1)!, /delete element inet upkeep_bans ports4 \{ 192\.0\.2\.7 \. 22 \}/);
  assert.ok(said.some(({ is }) => is === "forget"));
  assert.equal(await guard!.unban("192.0.2.7"), false);
});

test("a key that cannot be written down holds up no ban", async () => {
  const { hear, batches, database, logged } = await guarded();
  database.exec("CREATE TRIGGER full BEFORE INSERT ON attempts BEGIN SELECT RAISE(ABORT, 'full'); END");
  const common = {
    at: start,
    user: "alice",
    type: "ED25519",
    outcome: "unknown",
    fingerprint: `SHA256:${"s".repeat(43)}`,
  };
  hear(JSON.stringify({ is: "attempt", id: 1, address: "192.0.2.9", ...common }));
  const ban = { is: "ban", id: 2, jail: "sshd", address: "192.0.2.7", since: start, until: start + 600_000, number: 1 };
  hear(JSON.stringify({ ...ban, evidence: ["line"] }));
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  assert.match(logged.join(), /full; tried again/);
  assert.match(batches.at(-1)!, /add element inet upkeep_bans ports4 \{ 192\.0\.2\.7 /);
  assert.equal(list().length, 1);
});
