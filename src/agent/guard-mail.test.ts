import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, mock, test } from "node:test";
import type { Host } from "../host/host.ts";
import { type MailLimitConfig, type MailShare, stoppedAccounts } from "../model/mail-limit.ts";
import { openGuardHistory } from "../store/guard-history.ts";
import { openMailCounts } from "../store/mail-counts.ts";
import { type MailGuard, openMailGuard } from "./guard-mail.ts";

const start = Date.parse("2026-11-23T23:50:00Z");
const limit = (name: string, accounts: string[], perDay: number): [string, string] => [
  `/etc/upkeep/mail/${name}.json`,
  JSON.stringify({ name, server: "exim", journal: [], logs: [], accounts, perDay } satisfies MailLimitConfig),
];

describe("limits of mail", () => {
  let guard: MailGuard;
  let database: DatabaseSync;
  let content: string;
  let isFull: boolean;
  const logged: string[] = [];
  const told: MailShare[] = [];
  beforeEach(() => {
    mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: start });
    database = new DatabaseSync(":memory:");
    [content, isFull] = ["", false];
    [logged.length, told.length] = [0, 0];
    const files = {
      stat: () => ({ type: "directory" }),
      read: (path: string) => (path === stoppedAccounts ? content : undefined),
      list: () => [],
      remove: () => {},
      create(_path: string, text: string) {
        if (isFull) throw new Error("ENOSPC");
        content = text;
      },
      rename: () => {},
      flush: () => {},
    };
    guard = openMailGuard({
      host: { files, clock: { now: Date.now } } as unknown as Host,
      counts: openMailCounts(database),
      log: (text) => logged.push(text),
      report: () => {},
      tell: (share) => told.push(share),
      news: () => {},
    });
    guard.configure(new Map([limit("acme", ["shop", "blog"], 3), limit("small", ["tiny"], 1)]));
  });
  afterEach(() => {
    guard.stop();
    mock.timers.reset();
  });
  const send = (name: string, count: number, at = Date.now()) => guard.take([{ limit: name, at, count }]);
  const events = () =>
    openGuardHistory(database)
      .after(0)
      .events.map(({ is, ref, says }) => [is, ref, says.slice(0, 20)]);

  test("let accounts send so many together, and say once when there are no more", () => {
    send("acme", 2);
    assert.equal(content, "");
    send("acme", 1);
    assert.equal(content, "shop\nblog\n");
    send("acme", 5);
    assert.deepEqual(events(), [["mail limit", "MailLimit/acme", "acme: 3 messages tod"]]);
    send("small", 1);
    assert.equal(content, "shop\nblog\ntiny\n");
  });

  test("are as of new at midnight, and what was sent before counts for the day before", () => {
    send("acme", 3);
    mock.timers.tick(11 * 60_000);
    assert.equal(content, "");
    send("acme", 2, start);
    assert.equal(content, "");
    assert.deepEqual(
      guard.uses().map(({ name, sent }) => [name, sent]),
      [
        ["acme", 0],
        ["small", 0],
      ],
    );
  });

  test("that are raised let accounts send again, and those that are gone do, too", () => {
    send("acme", 3);
    guard.configure(new Map([limit("acme", ["shop", "blog"], 4)]));
    assert.equal(content, "");
    send("acme", 1);
    assert.equal(content, "shop\nblog\n");
    guard.configure(new Map());
    assert.equal(content, "");
  });

  test("count what other hosts have taken, as often as they say it", () => {
    send("acme", 1);
    guard.shared("web2", { limit: "acme", day: "2026-11-23", sent: 1 });
    guard.shared("web2", { limit: "acme", day: "2026-11-23", sent: 1 });
    guard.shared("web3", { limit: "acme", day: "2026-11-22", sent: 100 });
    guard.shared("web3", { limit: "nobody", day: "2026-11-23", sent: 100 });
    assert.equal(content, "");
    guard.shared("web2", { limit: "acme", day: "2026-11-23", sent: 2 });
    assert.equal(content, "shop\nblog\n");
    mock.timers.tick(5_000);
    assert.deepEqual(told, [{ limit: "acme", day: "2026-11-23", sent: 1 }]);
  });

  test("are told to other hosts and written for the mail server while nothing else can be written", () => {
    send("acme", 3);
    send("small", 1);
    mock.timers.tick(5_000);
    send("acme", 1);
    database.exec("PRAGMA query_only = ON");
    mock.timers.tick(5_000);
    assert.deepEqual(told.at(-1), { limit: "acme", day: "2026-11-23", sent: 4 });
    mock.timers.tick(11 * 60_000);
    assert.equal(content, "");
    assert.match(logged.join(), /how far limits of mail are used cannot be written down: .*; tried again/);
    database.exec("PRAGMA query_only = OFF");
    const before = openGuardHistory(database).newest();
    mock.timers.tick(2_000);
    assert.ok(openGuardHistory(database).newest() > before);
  });

  test("hold after a restart, and as soon as a full disk has room again", () => {
    isFull = true;
    send("acme", 3);
    assert.match(logged.at(-1)!, /cannot be written down: ENOSPC; tried again/);
    assert.equal(content, "");
    isFull = false;
    mock.timers.tick(60_000);
    assert.equal(content, "shop\nblog\n");
  });
});
