import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
import type { ResourceRef } from "../model/resource.ts";
import { isOfDisk } from "../model/sqlite-error.ts";
import { fleetingSecrets } from "./secrets.ts";
import { openSqliteEstate } from "./sqlite.ts";
import type { Write } from "./writing.ts";

describe("writing to the estate", () => {
  const open = () => openSqliteEstate(new DatabaseSync(":memory:"), fleetingSecrets());
  const by = (actor: string) => ({ at: 1, actor, cause: "test" });
  const site = (name: string, user: string, { seen, claims = [name] }: Partial<Write> = {}): Write => ({
    ref: `Site/${name}`,
    resource: { kind: "Site", name, spec: { user } },
    source: "",
    claims,
    ...(seen !== undefined && { seen }),
  });
  const of = (written: PromiseSettledResult<Map<ResourceRef, number>>) =>
    written.status === "fulfilled" ? Object.fromEntries(written.value) : (written.reason as Error).message;

  test("of many at once, each is told what came of its own, and the audit log has who it was", async () => {
    const estate = await open();
    const all = await Promise.all(
      Array.from({ length: 50 }, (_, index) => estate.write([site(`s${index}`, "alice")], by(`actor${index}`))),
    );
    assert.deepEqual(
      all.map((written) => [...written]),
      Array.from({ length: 50 }, (_, index) => [[`Site/s${index}`, 1]]),
    );
    const { entries, broken } = await estate.verifyAudit();
    assert.deepEqual({ entries, broken }, { entries: 50, broken: undefined });
    for (const { ref, actor } of await estate.audit(50)) assert.equal(ref.replace("Site/s", "actor"), actor);
  });

  test("that a disk is too full for says so, and takes nothing", async () => {
    const database = new DatabaseSync(":memory:");
    const estate = await openSqliteEstate(database, fleetingSecrets());
    const { page_count: pages } = database.prepare("PRAGMA page_count").get() as { page_count: number };
    database.exec(`PRAGMA max_page_count = ${pages}`);
    const many = Array.from({ length: 500 }, (_, index) => site(`s${index}`, "x".repeat(200)));
    await assert.rejects(estate.write(many, by("alice")), (error: Error) => {
      assert.equal(error.message, "database or disk is full");
      return isOfDisk(error);
    });
    database.exec(`PRAGMA max_page_count = ${pages + 1_000}`);
    assert.equal((await estate.verifyAudit()).entries, 0);
    assert.equal((await estate.write(many, by("alice"))).size, 500);
  });

  test("who has looked at something older is refused alone, and told who was first", async () => {
    const estate = await open();
    await estate.write([site("a", "alice")], by("alice"));
    const results = await Promise.allSettled([
      estate.write([site("a", "bob", { seen: 1 })], by("bob")),
      estate.write([site("b", "bob")], by("bob")),
      estate.write([site("a", "carol", { seen: 1 }), site("c", "carol")], by("carol")),
      estate.write([site("d", "dan")], by("dan")),
    ]);
    assert.deepEqual(results.map(of), [
      { "Site/a": 2 },
      { "Site/b": 1 },
      "Site/a has been changed meanwhile by bob (test); look at it and do it again",
      { "Site/d": 1 },
    ]);
    assert.deepEqual(
      (await estate.list()).map(({ ref, spec }) => [ref, (spec as { user: string }).user]),
      [
        ["Site/a", "bob"],
        ["Site/b", "bob"],
        ["Site/d", "dan"],
      ],
    );
  });

  test("of two who claim the same name at once, the second is refused", async () => {
    const estate = await open();
    const results = await Promise.allSettled([
      estate.write([site("a", "alice", { claims: ["a", "www"] })], by("alice")),
      estate.write([site("b", "bob", { claims: ["b", "www"] })], by("bob")),
      estate.write([site("c", "carol")], by("carol")),
    ]);
    assert.deepEqual(results.map(of), [
      { "Site/a": 1 },
      "Site/b: www belongs to Site/a since a moment ago",
      { "Site/c": 1 },
    ]);
  });

  test("what cannot be written takes nothing else with it", async () => {
    const estate = await open();
    const twice = { ...site("b", "bob"), claims: ["b", "b"] };
    const results = await Promise.allSettled([
      estate.write([site("a", "alice")], by("alice")),
      estate.write([twice], by("bob")),
      estate.write([site("c", "carol")], by("carol")),
    ]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ["fulfilled", "rejected", "fulfilled"],
    );
    assert.deepEqual(
      (await estate.list()).map(({ ref }) => ref),
      ["Site/a", "Site/c"],
    );
  });
});
