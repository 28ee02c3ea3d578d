import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { beforeEach, describe, test } from "node:test";
import type { Attempt } from "../model/key.ts";
import type { Jail } from "./jail/jail.ts";
import { type Memory, openMemory } from "./memory.ts";
import type { Said, Unsaid } from "./watch.ts";

let database: DatabaseSync;
let memory: Memory;

beforeEach(() => {
  database = new DatabaseSync(":memory:");
  memory = openMemory(database);
});

const setFull = (isFull: boolean) => {
  const { page_count: pages } = database.prepare("PRAGMA page_count").get()!;
  database.exec(`PRAGMA max_page_count = ${isFull ? pages : 1_000_000}`);
};

/** Has counted one that failed; says so once, as a jail does. */
function counted(subject: string): Jail {
  let isNew = true;
  const standing = { failures: [1], bans: 0, bannedUntil: 0 };
  const changes: Jail["changes"] = () => {
    const all = isNew ? [{ subject, standing, evidence: ["bad"] }] : [];
    isNew = false;
    return all;
  };
  return { config: { name: "app" }, changes } as Jail;
}

const position = { path: "/var/log/app.log", inode: 7, offset: 100, head: { length: 1, digest: "x" } };
const attempt: Unsaid = { is: "attempt", user: "alice", fingerprint: "x".repeat(500) } as Attempt & { is: "attempt" };
const sent: Unsaid = { is: "sent", limit: "acme", at: 1, count: 2 };
/** More than there is room for in a page. */
const unsaid = [...Array<Unsaid>(20).fill(attempt), sent];

const known = (from: Memory) => ({
  positions: from.positions(),
  subjects: from.standings("app").map(({ subject }) => subject),
  cursor: from.cursor("_COMM=sshd"),
  said: from.unacknowledged().map(({ is }) => is),
});

describe("what a full disk does not take", () => {
  let said: readonly Said[];
  beforeEach(() => {
    setFull(true);
    said = memory.keep(position, [counted("192.0.2.1")], unsaid);
    memory.keep({ matches: "_COMM=sshd", cursor: "s=1" }, [], []);
    assert.throws(() => memory.write(), /full/);
  });
  const all = {
    positions: [position],
    subjects: ["192.0.2.1"],
    cursor: "s=1",
    said: unsaid.map(({ is }) => is),
  };

  test("is known all the same, and is written as soon as there is room", () => {
    assert.deepEqual(known(memory), all);
    assert.deepEqual(known(openMemory(database)), { positions: [], subjects: [], cursor: undefined, said: [] });
    setFull(false);
    memory.write();
    assert.deepEqual(known(openMemory(database)), all);
  });

  test("is not written where there is only room for what is left of it", () => {
    for (const { id } of said) memory.acknowledge(id);
    memory.prune([]);
    assert.throws(() => memory.write(), /full/);
    assert.throws(() => memory.write(), /full/);
    setFull(false);
    memory.write();
    assert.deepEqual(known(openMemory(database)), { ...all, positions: [], said: [] });
  });

  test("has numbers that nothing else gets", () => {
    setFull(false);
    memory.write();
    const more = memory.keep(undefined, [], [sent]);
    memory.write();
    const ids = openMemory(database)
      .unacknowledged()
      .map(({ id }) => id);
    assert.deepEqual(
      ids,
      [...said, ...more].map(({ id }) => id),
    );
    assert.equal(new Set(ids).size, unsaid.length + 1);
  });
});

test("what was written and is acknowledged while the disk is full is not said again", () => {
  const [one] = memory.keep(undefined, [], [sent]);
  memory.write();
  setFull(true);
  memory.keep(undefined, [], unsaid);
  memory.acknowledge(one!.id);
  assert.throws(() => memory.write(), /full/);
  assert.ok(!memory.unacknowledged().some(({ id }) => id === one!.id));
  setFull(false);
  memory.write();
  assert.ok(
    !openMemory(database)
      .unacknowledged()
      .some(({ id }) => id === one!.id),
  );
});
