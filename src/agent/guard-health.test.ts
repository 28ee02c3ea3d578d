import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { beforeEach, describe, test } from "node:test";
import type { Health, RecordHealth } from "../model/health.ts";
import { digestOf } from "../model/watched.ts";
import { openFailing } from "../store/failing.ts";
import { openGuardHistory } from "../store/guard-history.ts";
import { sortOut } from "./await-watched.ts";
import { type GuardHealth, openGuardHealth } from "./guard-health.ts";

const jail = "/etc/upkeep/jails/sshd.json";
const text = '{"logs":["/var/log/auth.log"],"journal":["_COMM=sshd"]}';
const files = new Map([
  [jail, text],
  ["/etc/upkeep/notifications/ops.json", "{b}"],
]);

let now = 1_795_000_000_000;
let database: DatabaseSync;
let health: GuardHealth;
const open = () => {
  const failing = openFailing(database);
  health = openGuardHealth({ clock: { now: () => now }, ...failing, log: () => {} });
  health.state(files);
  health.readerStarted();
};
const states = () => Object.fromEntries(health.records().map(({ ref, health: { is } }) => [ref, is]));
const whyOf = (ref: string) => {
  const found = health.records().find((each) => each.ref === ref)?.health;
  return found?.is === "failed" ? found.why : undefined;
};
const events = () =>
  openGuardHistory(database)
    .after(0)
    .events.map(({ is, says }) => `${is} ${says}`);
const looking = (turn: number, more: object = {}) =>
  health.looking({ is: "looking", turn, waiting: [], troubles: [], ...more });
/** So many seconds later, looked at every second. */
const later = (seconds: number) => {
  for (let second = 0; second < seconds; second++) {
    now += 1_000;
    health.tell();
  }
};

beforeEach(() => {
  database = new DatabaseSync(":memory:");
  open();
});

describe("how that fares which is done all the time", () => {
  test("a record is awaited until the reader says that it looks at exactly this, and what only the guard does is done", () => {
    const first = health.nextTurn();
    assert.deepEqual(states(), { "Jail/sshd": "awaited", "Notification/ops": "well" });
    looking(first);
    assert.deepEqual(states(), { "Jail/sshd": "well", "Notification/ops": "well" });
    health.state(new Map([[jail, "{changed}"]]));
    health.nextTurn();
    assert.deepEqual(states(), { "Jail/sshd": "awaited" });
    looking(first);
    assert.deepEqual(states(), { "Jail/sshd": "awaited" }, "that was about what was stated before");
    looking(2);
    assert.deepEqual(states(), { "Jail/sshd": "well" });
  });

  test("what the reader waits for itself is awaited, and fails when that goes on", () => {
    looking(health.nextTurn(), { waiting: [jail] });
    assert.equal(states()["Jail/sshd"], "awaited");
    later(40);
    assert.equal(states()["Jail/sshd"], "failed");
    assert.match(events().join("\n"), /failing .*does not say that it looks at what is stated \(Jail\/sshd\)/);
  });

  test("at a change of another record the reader waits for all of them again, for a moment: that is no trouble", () => {
    looking(health.nextTurn());
    now += 86_400_000;
    const web = "/etc/upkeep/jails/web.json";
    const both = new Map([...files, [web, "{c}"]]);
    health.state(both);
    const second = health.nextTurn();
    looking(1);
    assert.deepEqual(states(), { "Jail/sshd": "well", "Notification/ops": "well", "Jail/web": "awaited" });
    looking(second, { waiting: [jail, web] });
    assert.deepEqual([states()["Jail/sshd"], states()["Jail/web"]], ["awaited", "awaited"]);
    later(3);
    assert.equal(states()["Jail/sshd"], "awaited");
    looking(second);
    assert.equal(states()["Jail/sshd"], "well");
    later(60);
    health.state(new Map([...both, [jail, "{changed}"]]));
    health.nextTurn();
    assert.equal(states()["Jail/sshd"], "awaited", "another text is waited for, too");
    later(29);
    assert.equal(states()["Jail/sshd"], "awaited");
    assert.deepEqual(events(), []);
  });

  test("that the reader does not say that it looks is told when it lasts, once, and is over when it looks for a while", () => {
    const turn = health.nextTurn();
    looking(turn, { waiting: [jail] });
    later(32);
    assert.equal(states()["Jail/sshd"], "failed");
    looking(turn);
    later(5);
    assert.deepEqual(events(), [], "a hiccup is nobody's business here either");
    looking(turn, { waiting: [jail] });
    later(40);
    health.readerEnded("it was ended by SIGTERM");
    health.readerStarted();
    later(20);
    assert.equal(states()["Jail/sshd"], "awaited");
    assert.equal(events().length, 1, "a reader that was only started again looks at nothing yet");
    looking(health.nextTurn());
    later(8);
    assert.equal(events().length, 1, "that may be a hiccup, too");
    later(4);
    assert.match(events()[1]!, /^recovered the reader of logs and addresses: works again \(Jail\/sshd\)/);
  });

  test("a reader's trouble is that of the records it names, until it says that it is over", () => {
    const turn = health.nextTurn();
    const about = "the journal (_COMM=sshd)";
    looking(turn, { troubles: [{ about, files: [jail], why: "no such program" }] });
    assert.equal(whyOf("Jail/sshd"), `the reader of logs and addresses: ${about}: no such program`);
    looking(turn);
    assert.equal(states()["Jail/sshd"], "well");
  });

  test("names that a reader makes up are one trouble, of the records that it may look at, and are forgotten", () => {
    const turn = health.nextTurn();
    const notification = "/etc/upkeep/notifications/ops.json";
    const madeUp = (second: number) =>
      Array.from({ length: 500 }, (_, index) => ({
        about: `/var/log/${second}-${index}`,
        files: [jail, notification, `/etc/upkeep/jails/${second}-${index}.json`],
        why: "EIO",
      }));
    for (let second = 0; second < 60; second++) {
      looking(turn, { troubles: madeUp(second) });
      later(1);
    }
    assert.equal(whyOf("Jail/sshd"), "the reader of logs and addresses itself: /var/log/59-0: EIO");
    assert.equal(states()["Notification/ops"], "well");
    assert.deepEqual(events(), ["failing the reader of logs and addresses itself: /var/log/4-0: EIO (Jail/sshd)"]);
    const known = ["/var", "/var/log", "/var/log/auth.log", "the journal (_COMM=sshd)", jail];
    looking(turn, { troubles: known.map((about) => ({ about, files: [jail], why: "EIO" })) });
    later(20);
    assert.equal(events().length, 1 + 1 + known.length, "what is stated has names of its own, so many and no more");
    looking(turn);
    later(100);
    assert.equal(events().length, 2 * (1 + known.length));
    later(3_600);
    health.report("a list cannot be written", () => true, "EROFS");
    later(6);
    assert.deepEqual([...openFailing(database).told().keys()], ["a list cannot be written"]);
  });

  test("a trouble with what was stated before says nothing of what is stated now", () => {
    const about = { about: jail, files: [jail], why: "not JSON" };
    looking(health.nextTurn(), { troubles: [about] });
    assert.equal(states()["Jail/sshd"], "failed");
    health.state(new Map([[jail, "{cured}"]]));
    const cure = health.nextTurn();
    assert.equal(states()["Jail/sshd"], "awaited");
    looking(cure);
    assert.equal(states()["Jail/sshd"], "well");
    health.state(new Map([[jail, "{worse}"]]));
    looking(health.nextTurn(), { troubles: [about] });
    assert.equal(states()["Jail/sshd"], "failed");
  });

  test("a reader that ends once is no trouble and no event; again and again it is both, once, and then it is over", () => {
    looking(health.nextTurn());
    health.readerEnded("it was ended by SIGKILL");
    health.readerStarted();
    looking(health.nextTurn());
    assert.equal(states()["Jail/sshd"], "well");
    later(30);
    assert.deepEqual(events(), []);
    for (let round = 0; round < 3; round++) {
      health.readerEnded("it ended with 1: setpriv: setresuid failed");
      health.readerStarted();
      health.nextTurn();
      later(2);
    }
    assert.match(whyOf("Jail/sshd")!, /again and again: it ended with 1: setpriv: setresuid failed/);
    assert.equal(states()["Notification/ops"], "well", "which is none of the reader's");
    later(40);
    assert.match(
      events().join("\n"),
      /^failing the reader of logs and addresses: ends .*setresuid failed \(Jail\/sshd\)$/,
    );
    looking(health.nextTurn());
    later(20);
    assert.equal(states()["Jail/sshd"], "well");
    assert.match(events()[1]!, /^recovered the reader of logs and addresses: works again/);
    assert.equal(events().length, 2);
  });

  test("a reader that ends again and again has failed, also while it is started ever more seldom", () => {
    for (let round = 1; round <= 8; round++) {
      looking(health.nextTurn());
      assert.equal(states()["Jail/sshd"], round <= 3 ? "well" : "failed", `life ${round}`);
      later(3);
      health.readerEnded("it ended with 1");
      later(10);
      health.readerStarted();
    }
    assert.equal(events().length, 1, "told once");
  });

  test("a reader that hangs again and again after its first word has failed, with how that was seen", () => {
    for (let round = 1; round <= 4; round++) {
      looking(health.nextTurn());
      assert.equal(states()["Jail/sshd"], round === 1 ? "well" : "failed", `life ${round}`);
      later(40);
      health.readerHangs("has not answered for 30 s");
      assert.equal(whyOf("Jail/sshd"), "the reader of logs and addresses has not answered for 30 s");
      health.readerEnded("it was ended by SIGKILL");
      health.readerStarted();
    }
    assert.match(whyOf("Jail/sshd")!, /ends again and again: it has not answered for 30 s$/);
    assert.equal(events().length, 1, "told once, and never that it works again");
  });

  test("one that hung after a long time is one that ended once: it is well as soon as the next one answers", () => {
    for (let round = 0; round < 4; round++) {
      looking(health.nextTurn());
      later(600);
      health.readerAlive();
      later(40);
      health.readerHangs("has not answered for 30 s");
      health.readerEnded("it was ended by SIGKILL");
      health.readerStarted();
    }
    looking(health.nextTurn());
    later(9);
    assert.match(whyOf("Jail/sshd")!, /has hung and was ended: it has not answered for 30 s$/);
    later(1);
    health.readerAlive();
    assert.equal(states()["Jail/sshd"], "well");
  });

  test("of turns that nobody answers only the newest are remembered", () => {
    const turns = Array.from({ length: 20 }, () => health.nextTurn());
    looking(turns[0]!);
    assert.equal(states()["Jail/sshd"], "awaited");
    looking(turns.at(-2)!);
    assert.equal(states()["Jail/sshd"], "well");
  });

  test("the last words of a reader, which strangers may have written, move no cursor and end no line", () => {
    for (let round = 0; round < 2; round++)
      health.readerEnded("it ended with 1: \u001b[2Ja\nupkeep watch: all is well");
    assert.match(whyOf("Jail/sshd")!, /it ended with 1: \?\[2Ja\?upkeep watch: all is well$/);
  });

  test("what the guard cannot write is the trouble of those for whom it is written", () => {
    looking(health.nextTurn());
    const isOps = (ref: string) => ref === "Notification/ops";
    health.report("mail is not taken", isOps, "ECONNREFUSED");
    assert.equal(whyOf("Notification/ops"), "mail is not taken: ECONNREFUSED");
    health.report("mail is not taken", isOps, undefined);
    assert.equal(states()["Notification/ops"], "well");
    later(30);
    assert.deepEqual(events(), [], "so short a trouble is none that people are told of");
  });

  test("what others do not take comes after what is not done here", () => {
    health.report("the zone cannot be published", () => true, "timed out", { isOutside: true });
    assert.equal(states()["Jail/sshd"], "awaited", "first the reader has to look");
    looking(health.nextTurn());
    assert.equal(whyOf("Jail/sshd"), "the zone cannot be published: timed out");
    health.report("a list cannot be written", () => true, "EROFS");
    assert.equal(whyOf("Jail/sshd"), "a list cannot be written: EROFS");
  });

  test("what has been told is not told again by the next guard, which says when it is over", () => {
    looking(health.nextTurn());
    health.report("a list cannot be written", () => true, "EROFS");
    later(6);
    open();
    health.report("a list cannot be written", () => true, "EROFS");
    later(6);
    assert.equal(events().length, 1);
    open();
    looking(health.nextTurn());
    later(12);
    assert.match(events()[1]!, /^recovered a list cannot be written: works again/);
  });

  test("where nothing can be written down it goes on, and is told once it can", () => {
    let isFull = true;
    const failing = openFailing(database);
    health = openGuardHealth({
      clock: { now: () => now },
      told: failing.told,
      announce(...given) {
        if (isFull) throw new Error("database or disk is full");
        return failing.announce(...given);
      },
      log: () => {},
    });
    health.state(files);
    health.report("a list cannot be written", () => true, "ENOSPC");
    later(10);
    assert.deepEqual(events(), []);
    isFull = false;
    later(1);
    assert.equal(events().length, 1);
  });
});

describe("an apply waits for what it has changed", () => {
  const digest = digestOf("{a}");
  const wanted = new Map([["Jail/sshd", digest] as const]);
  const at = now;
  const wellAt = { is: "well", since: at } as const;
  const failedAgo = (seconds: number, more: object = {}) =>
    ({ is: "failed", since: at - 1_000 * seconds, why: "bad", ...more }) as const;
  const sshd = (health: Health, its = digest): RecordHealth => ({ ref: "Jail/sshd", digest: its, health });
  const cases: Readonly<Record<string, [RecordHealth[], string[], string[]]>> = {
    "nothing is known of it": [[], [], ["Jail/sshd: undefined"]],
    "what is looked at is what was there before": [[sshd(wellAt, "other")], [], ["Jail/sshd: undefined"]],
    "what failed is what was there before": [[sshd(failedAgo(60), "other")], [], ["Jail/sshd: undefined"]],
    "it is looked at": [[sshd(wellAt)], [], []],
    "it cannot be used": [[sshd(failedAgo(0, { isOfText: true }))], ["Jail/sshd: bad"], []],
    "something is in its way at this moment": [[sshd(failedAgo(4))], [], ["Jail/sshd: bad"]],
    "something stays in its way": [[sshd(failedAgo(5))], ["Jail/sshd: bad"], []],
    "something has been in its way for long": [[sshd(failedAgo(600))], ["Jail/sshd: bad"], []],
    "others do not take it": [[sshd(failedAgo(600, { isOutside: true }))], [], []],
    "another's trouble is not its own": [
      [sshd(wellAt), { ref: "Jail/other", digest, health: failedAgo(600, { isOfText: true }) }],
      [],
      [],
    ],
  };
  for (const [title, [records, failed, awaited]] of Object.entries(cases))
    test(title, () => {
      const found = sortOut(wanted, records, at);
      const shown = (all: readonly { readonly ref: string; readonly why?: string }[]) =>
        all.map(({ ref, why }) => `${ref}: ${why}`);
      assert.deepEqual([shown(found.failed), shown(found.awaited)], [failed, awaited]);
    });

  test("what the reader says of a configuration itself is final, and what it says of a journal may pass", () => {
    const isOfText = () => {
      const found = health.records().find(({ ref }) => ref === "Jail/sshd")?.health;
      return found?.is === "failed" ? found.isOfText : undefined;
    };
    const turn = health.nextTurn();
    looking(turn, { troubles: [{ about: "the journal (_COMM=sshd)", files: [jail], why: "it ended" }] });
    assert.deepEqual([states()["Jail/sshd"], isOfText()], ["failed", undefined]);
    looking(turn, { troubles: [{ about: jail, files: [jail], why: "no such filter" }] });
    assert.deepEqual([states()["Jail/sshd"], isOfText()], ["failed", true]);
  });
});
