import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fleetingSecrets } from "./secrets.ts";
import { openSqliteFleet } from "./sqlite.ts";
import type { Write } from "./writing.ts";

const signature = { at: 1, actor: "alice", cause: "test" };
const site = (name: string, user: string): Write => ({
  ref: `Site/${name}`,
  resource: { kind: "Site", name, spec: { user }, placement: { host: "web1" } },
  source: "",
  claims: [],
});

test("the outbox tells the newest of each, in order; what became newer meanwhile stays, what is over goes", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "upkeep-outbox-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const { estate, fleet } = await openSqliteFleet(join(directory, "estate.db"), fleetingSecrets());
  await fleet.add("web1", {}, signature);
  for (const name of ["a", "b", "c"]) await estate.write([site(name, "alice")], signature);
  const told = await fleet.outbox(10);
  const refs = async () => (await fleet.outbox(10)).map(({ entry: { ref } }) => ref);
  assert.deepEqual(
    told.map(({ entry: { ref } }) => ref),
    ["Site/a", "Site/b", "Site/c"],
  );
  // While these were told, one of them was changed.
  await estate.write([site("b", "bob")], signature);
  await fleet.told(told);
  assert.deepEqual(await refs(), ["Site/b"]);
  // One that was never told, and that its host has said to be gone.
  await estate.write([{ ...site("b", "bob"), resource: undefined }], signature);
  const [gone] = await fleet.outbox(10);
  const { ref, sequence, revision } = gone!.entry;
  const condition = { ref, sequence, revision, state: "Applied", message: "gone", at: 1, gone: true } as const;
  await fleet.heard([{ host: "web1", report: { number: 1, conditions: [condition] } }], 1);
  await estate.write([site("d", "dan")], signature);
  // It would be the oldest for ever, and in the way of others.
  for (let look = 0; look < 2; look++) await fleet.outbox(1);
  assert.deepEqual(
    (await fleet.outbox(1)).map(({ entry }) => entry.ref),
    ["Site/d"],
  );
  await estate.close();
});
