import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, mock, test } from "node:test";
import type { HostEvent } from "../model/happening.ts";
import type { Notice, NotificationConfig } from "../model/notification.ts";
import { openGuardHistory } from "../store/guard-history.ts";
import { openNotified } from "../store/notified.ts";
import { openHappened } from "./happened.ts";
import { type Channel, type Notifier, openNotifier } from "./notifier.ts";

const config: NotificationConfig = {
  name: "operators",
  events: ["key forbidden", "undone"],
  every: 60_000,
  mail: { to: ["ops@example.com"], smtp: { host: "localhost", port: 25, tls: false } },
};
const start = 1_795_000_000_000;

beforeEach(() => mock.timers.enable({ apis: ["setTimeout", "Date"], now: start }));
afterEach(() => mock.timers.reset());

/** A host whose people are told; `fails` as long as no server answers. */
function telling({ database = new DatabaseSync(":memory:"), configs = [config] } = {}) {
  const sent: (Notice & { channel: Channel })[] = [];
  const logged: string[] = [];
  const state = { problem: undefined as string | undefined, unreadable: false };
  const history = openGuardHistory(database);
  const generations: { number: number; at: number; state: "undone"; cause: string; summary: string }[] = [];
  const failing = new Map<string, string>();
  const notifier: Notifier = openNotifier({
    host: "web1",
    clock: { now: Date.now },
    notified: openNotified(database),
    happened: openHappened(history, () => {
      if (state.unreadable) throw new Error("unable to open database file");
      return {
        generations: () => generations.slice(-1) as never,
        generationsAfter: (number) => generations.filter((each) => each.number > number),
      };
    }),
    send: async (_, channel, notice) => {
      if (state.problem) throw new Error(state.problem);
      sent.push({ ...notice, channel });
    },
    log: (text) => logged.push(text),
    report(what, concerns, why) {
      failing.delete(what);
      if (why !== undefined) failing.set(what, `${concerns("Notification/operators")} ${why}`);
    },
  });
  const configure = (all: readonly NotificationConfig[]) =>
    notifier.configure(
      new Map(all.map((each) => [`/etc/upkeep/notifications/${each.name}.json`, JSON.stringify(each)])),
    );
  configure(configs);
  const happens = (is: HostEvent["is"], says: string) => {
    history.remember([{ is, says, at: Date.now() }]);
    notifier.look();
  };
  const undone = (cause: string) => {
    const number = generations.length + 1;
    generations.push({ number, at: Date.now(), state: "undone", cause, summary: "0 to create" });
    notifier.look();
  };
  return { sent, logged, state, notifier, configure, happens, undone, database, failing };
}

/** Lets so much time pass, and whatever that sets off come to its end. */
async function pass(milliseconds: number) {
  mock.timers.tick(milliseconds);
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
const saysOf = (notices: readonly Notice[]) => notices.map(({ events }) => events.map(({ says }) => says));

describe("whoever wants to know", () => {
  test("is told of the first at once, and of what follows together", async () => {
    const { sent, happens } = telling();
    happens("key forbidden", "one");
    await pass(1_000);
    assert.deepEqual(saysOf(sent), [["one"]]);
    for (const says of ["two", "three", "four"]) happens("key forbidden", says);
    await pass(50_000);
    assert.equal(sent.length, 1);
    await pass(10_000);
    assert.deepEqual(saysOf(sent), [["one"], ["two", "three", "four"]]);
  });

  test("is told of a thousand things that happen at once in one message", async () => {
    const { sent, happens } = telling();
    for (let index = 0; index < 1_000; index++) happens("key forbidden", `${index}`);
    await pass(1_000);
    assert.deepEqual(
      sent.map(({ events }) => events.length),
      [1_000],
    );
  });

  test("is told of generations that were taken back, too, in the order in which things happened", async () => {
    const { sent, happens, undone } = telling();
    happens("key forbidden", "one");
    mock.timers.tick(10);
    undone("root: apply");
    await pass(1_000);
    assert.deepEqual(saysOf(sent), [["one", "generation 1: root: apply: 0 to create"]]);
  });

  test("is told of nothing else, and of nothing that was before", async () => {
    const database = new DatabaseSync(":memory:");
    openGuardHistory(database).remember([{ is: "key forbidden", says: "long ago", at: start - 1 }]);
    const { sent, happens } = telling({ database });
    happens("banned", "somebody");
    await pass(120_000);
    assert.deepEqual(sent, []);
  });

  test("is told again until it was taken, ever more rarely, with all that has happened by then", async () => {
    const { sent, logged, state, happens, notifier } = telling();
    state.problem = "connection refused";
    happens("key forbidden", "one");
    await pass(1_000);
    happens("key forbidden", "two");
    await pass(10_000);
    assert.deepEqual(logged, ["notification operators mail: connection refused; tried again"]);
    assert.deepEqual(notifier.ways()[0]?.problem, "connection refused");
    state.problem = undefined;
    await pass(20_000);
    assert.deepEqual(saysOf(sent), [["one", "two"]]);
    // What was in no message before has another name than what was.
    assert.equal(sent[0]!.id, "web1 operators mail 0 2");
    assert.deepEqual(notifier.ways()[0]?.problem, undefined);
  });

  test("is told after a restart of what happened before it and could not be said", async () => {
    const { state, happens, notifier, database } = telling();
    happens("key forbidden", "said");
    await pass(1_000);
    state.problem = "connection refused";
    happens("key forbidden", "unsaid");
    await pass(120_000);
    notifier.stop();
    const { sent } = telling({ database });
    await pass(60_000);
    assert.deepEqual(saysOf(sent), [["unsaid"]]);
  });

  test("is reached by one way while another is blocked", async () => {
    const both = { ...config, webhook: { url: "https://chat.example.com/1" } };
    const { sent, state, happens, notifier } = telling({ configs: [both] });
    happens("key forbidden", "one");
    await pass(1_000);
    assert.deepEqual(
      sent.map(({ channel }) => channel),
      ["mail", "webhook"],
    );
    assert.deepEqual(
      notifier.ways().map(({ to }) => to),
      [["ops@example.com"], ["chat.example.com"]],
    );
    state.problem = "no";
    await assert.rejects(notifier.test("operators"), /^Error: no$/);
    await assert.rejects(notifier.test("nobody"), /there is no notification nobody here; there are: operators/);
  });

  test("is told nothing any longer once that is no longer stated, and begins anew when it is", async () => {
    const { sent, happens, configure } = telling();
    configure([]);
    happens("key forbidden", "one");
    await pass(2_000);
    configure([config]);
    await pass(2_000);
    assert.deepEqual(sent, []);
    happens("key forbidden", "two");
    await pass(2_000);
    assert.deepEqual(saysOf(sent), [["two"]]);
  });
});

describe("while the disk is full", () => {
  const full = (database: DatabaseSync, isFull: boolean) =>
    database.exec(`PRAGMA query_only = ${isFull ? "ON" : "OFF"}`);

  test("a notification that is new is told nothing, fails, and begins once there is room; the others go on", async () => {
    const { sent, happens, configure, database, failing, logged } = telling();
    happens("key forbidden", "before");
    full(database, true);
    configure([config, { ...config, name: "others" }]);
    await pass(1_000);
    assert.deepEqual(saysOf(sent), [["before"]]);
    assert.match(logged[0]!, /people are told .*cannot be written down: .*; tried again/);
    assert.deepEqual([...failing.values()].join(), "false attempt to write a readonly database");
    full(database, false);
    await pass(10_000);
    assert.equal(failing.size, 0);
    happens("key forbidden", "after");
    await pass(1_000);
    assert.deepEqual(
      sent.map(({ notification, events }) => [notification, events.map(({ says }) => says).join()]),
      [
        ["operators", "before"],
        ["others", "after"],
      ],
    );
  });

  test("one that is stated no longer is told nothing, and is forgotten once there is room", async () => {
    const { sent, configure, database, notifier } = telling();
    full(database, true);
    configure([]);
    assert.deepEqual(notifier.ways(), []);
    full(database, false);
    await pass(10_000);
    assert.equal(database.prepare("SELECT count(*) AS count FROM notified").get()!.count, 0);
    assert.deepEqual(sent, []);
  });

  test("what cannot be read is read later, and ends nothing", async () => {
    const { sent, happens, state, failing } = telling();
    state.unreadable = true;
    happens("key forbidden", "one");
    await pass(1_000);
    assert.deepEqual([...failing], [["what has happened cannot be read", "true unable to open database file"]]);
    state.unreadable = false;
    await pass(10_000);
    await pass(1_000);
    assert.deepEqual(saysOf(sent), [["one"]]);
    assert.equal(failing.size, 0);
  });
});
