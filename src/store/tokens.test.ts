import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fleetingSecrets } from "./secrets.ts";
import { openSqliteFleet } from "./sqlite.ts";

const signature = { at: 1, actor: "alice", cause: "test" };

test("a token makes one machine a host, which may ask again until another has taken its place", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "upkeep-tokens-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const { estate, fleet } = await openSqliteFleet(join(directory, "estate.db"), fleetingSecrets());
  t.after(() => estate.close());
  const become = (digest: string, publicKey: string, now = 10) => fleet.join(digest, { publicKey, boxKey: "box" }, now);
  const keyOf = async () => (await fleet.host("web1"))!.publicKey;
  await fleet.add("web1", {}, signature);
  await fleet.addToken("first", "web1", 100);

  assert.equal(await become("first", "UA"), "web1");
  assert.equal(await become("first", "UA"), "web1", "its answer may have been lost");
  assert.equal(await become("first", "UB"), undefined, "it is used up for everybody else");
  assert.equal(await keyOf(), "UA");

  await fleet.addToken("second", "web1", 100);
  assert.equal(await become("second", "UB"), "web1");
  assert.equal(await become("first", "UA"), undefined, "another machine is web1 now");
  assert.equal(await become("second", "UB", 100), undefined, "it is not good any longer");
  assert.equal(await keyOf(), "UB");

  await fleet.addToken("third", "web1", 200);
  await fleet.remove("web1", signature);
  assert.equal(await become("third", "UC", 101), undefined, "there is no such host");
});
