import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { alone } from "./alone.ts";

describe("what two must not do at once", () => {
  const directory = mkdtempSync(join(tmpdir(), "upkeep-alone-"));
  after(() => rmSync(directory, { recursive: true }));

  for (const [title, path] of [
    ["with a directory", directory],
    ["with a file that is made for it", join(directory, "lock")],
  ] as const)
    test(`is done by one after the other, ${title}`, async () => {
      let inside = 0;
      let most = 0;
      let waited = 0;
      const act = async () => {
        most = Math.max(most, ++inside);
        await new Promise((resolve) => setTimeout(resolve, 20));
        return inside--;
      };
      await Promise.all([1, 2, 3].map(() => alone(path, act, () => waited++)));
      assert.deepEqual({ most, waited }, { most: 1, waited: 2 });
    });

  test("is done by the next one when the first has failed", async () => {
    const failing = alone(directory, () => Promise.reject(new Error("no")));
    await assert.rejects(failing, /^Error: no$/);
    assert.equal(await alone(directory, () => "done"), "done");
  });

  test("is not done where nothing can be locked", async () => {
    await assert.rejects(alone(join(directory, "none/lock"), assert.fail), /cannot lock .*none\/lock/);
  });
});
