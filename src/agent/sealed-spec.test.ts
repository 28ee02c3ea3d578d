import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ResourceRef } from "../model/resource.ts";
import { openSecrets } from "../store/secrets.ts";
import { sealedGeneration, sealedSpec } from "./sealed-spec.ts";
import type { Upkeep } from "./upkeep.ts";

const ref: ResourceRef = "Notification/operators";
const spec = { every: "1m", webhook: { url: "https://chat.example.com/", secret: "whsec_plain" } };

const secrets = openSecrets(Buffer.alloc(32, 1));
/** A machine with its own records. */
const alone = {
  copy: undefined,
  estate: {
    sealed: (record: { spec: unknown }, fields: readonly string[]) => ({
      ...record,
      spec: secrets.seal(ref, record.spec, fields),
    }),
  },
} as unknown as Upkeep;
/** A host of an estate. */
const member = { copy: {}, host: { files: { read: () => "a host's own key" } } } as unknown as Upkeep;

describe("what is shown of a record", () => {
  test("hides its secrets, and shows the rest", async () => {
    for (const upkeep of [alone, member]) {
      const shown = await sealedSpec(upkeep, ref, spec);
      assert.equal((shown as typeof spec).every, "1m");
      assert.doesNotMatch(JSON.stringify(shown), /whsec_plain|chat\.example/);
    }
  });

  test("looks the same while it is the same", async () => {
    for (const upkeep of [alone, member])
      assert.deepEqual(await sealedSpec(upkeep, ref, spec), await sealedSpec(upkeep, ref, spec));
  });

  test("can be stated again where the records are", async () => {
    assert.deepEqual(secrets.open(ref, await sealedSpec(alone, ref, spec)), spec);
  });

  test("is the whole of one without secrets", async () => {
    const jail = { maxRetry: 3 };
    assert.equal(await sealedSpec(alone, "Jail/sshd", jail), jail);
  });

  test("in a generation is both what was and what came", async () => {
    const entry = { ref, before: null, after: spec };
    const generation = { number: 1, at: 0, state: "live", cause: "", summary: "", resources: [entry] } as const;
    const shown = await sealedGeneration(alone, generation);
    assert.equal(shown.resources[0]!.before, null);
    assert.doesNotMatch(JSON.stringify(shown), /whsec_plain/);
  });
});
