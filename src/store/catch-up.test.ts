import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import type { HostState } from "../model/report.ts";
import type { Fleet } from "./fleet.ts";
import { openSecrets } from "./secrets.ts";
import { openSqliteFleet } from "./sqlite.ts";

const signature = { at: 0, actor: "alice", cause: "test" };
const heard = (...sequences: number[]) =>
  new Map(
    sequences.map((sequence, index) => {
      const state: HostState = { version: "1", os: "debian 13", generation: 1, sequence, conditions: {}, clock: 0 };
      return [`web${index + 1}`, { at: 5, state }] as const;
    }),
  );

describe("a database that is older than its hosts", () => {
  let directory: string;
  let opened: Awaited<ReturnType<typeof openSqliteFleet>>;
  let fleet: Fleet;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "upkeep-catch-up-"));
    opened = await openSqliteFleet(join(directory, "estate.db"), openSecrets(Buffer.alloc(32, 1)));
    ({ fleet } = opened);
    for (const name of ["web1", "web2"]) await fleet.add(name, {}, signature);
  });
  afterEach(async () => {
    await opened.estate.close();
    rmSync(directory, { recursive: true });
  });
  const last = async () => (await opened.estate.audit(1))[0]!;

  test("counts on from the host that is furthest, and says so where changes are written down", async () => {
    assert.deepEqual(await fleet.seen(heard(40, 70)), { host: "web2", sequence: 70, last: 2 });
    const { id, ref, actor, before, after } = await last();
    assert.deepEqual(
      { id, ref, actor, before, after },
      { id: 70, ref: "Host/web2", actor: "web2", before: { lastChange: 2 }, after: { lastChange: 70 } },
    );
    await fleet.label("web1", { role: "web" }, signature);
    assert.equal((await last()).id, 71);
    assert.deepEqual((await opened.estate.verifyAudit()).broken, undefined);
  });

  test("is none while hosts have what it has given, or less", async () => {
    assert.equal(await fleet.seen(heard(2, 0)), undefined);
    assert.equal((await last()).id, 2);
  });

  test("believes no host that would use up the numbers", async () => {
    assert.equal(await fleet.seen(heard(Number.MAX_SAFE_INTEGER)), undefined);
    assert.deepEqual(await fleet.seen(heard(Number.MAX_SAFE_INTEGER, 9)), { host: "web2", sequence: 9, last: 2 });
  });

  test("does not take a host's later change for its own", async () => {
    const resource = { kind: "Site", name: "a", spec: {}, placement: { host: "web1" } };
    await opened.estate.write([{ ref: "Site/a", resource, source: "", claims: [] }], signature);
    const { id } = await last();
    const say = (sequence: number) =>
      fleet.heard(
        [
          {
            host: "web1",
            report: {
              number: sequence,
              conditions: [{ ref: "Site/a", state: "Applied", message: "", at: 5, sequence, revision: 9 }],
            },
          },
        ],
        5,
      );
    const shown = async () => (await fleet.standings(["Site/a"]))[0]!.condition;
    await say(id);
    assert.equal((await shown())?.state, "Applied");
    await say(id + 30);
    const { state, message } = (await shown())!;
    assert.equal(state, "Failed");
    assert.match(message, /older than its hosts; state it again/);
    // Stated again, it has a number that the host has not seen.
    await fleet.seen(heard(id + 30));
    assert.deepEqual(await fleet.goOn(["Site/a"], signature), ["Site/a"]);
    assert.equal((await last()).id, id + 31);
    await say(id + 31);
    assert.equal((await shown())?.state, "Applied");
  });
});
