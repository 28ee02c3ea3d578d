import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fleetingSecrets } from "./secrets.ts";
import { openSqliteFleet } from "./sqlite.ts";

test("two control planes do what is called the same one after the other, and go on when one of them has gone", async () => {
  const directory = mkdtempSync(join(tmpdir(), "upkeep-"));
  const file = join(directory, "estate.db");
  const [one, other] = [await openSqliteFleet(file, fleetingSecrets()), await openSqliteFleet(file, fleetingSecrets())];
  try {
    let inside = 0;
    const order: number[] = [];
    const work = (number: number) => async () => {
      assert.equal(++inside, 1);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
      order.push(number);
    };
    const all = Array.from({ length: 20 }, (_, number) =>
      (number % 2 ? one : other).people.leases.hold("acme", work(number)),
    );
    await Promise.all(all);
    assert.equal(order.length, 20);
    await assert.rejects(
      one.people.leases.hold("acme", async () => {
        throw new Error("refused");
      }),
      /refused/,
    );
    // What failed has let go.
    await other.people.leases.hold("acme", work(20));
    assert.equal(await one.people.leases.hold("else", async () => other.people.leases.hold("acme", async () => 7)), 7);
  } finally {
    for (const { estate } of [one, other]) await estate.close();
    rmSync(directory, { recursive: true, force: true });
  }
});
