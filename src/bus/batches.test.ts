import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { batches } from "./batches.ts";

async function* once<T>(values: readonly T[], untilThen: Promise<void> = Promise.resolve()): AsyncGenerator<T> {
  yield* values;
  await untilThen;
}

describe("what comes together", () => {
  test("is handed over whole and in order, never more than so many at a time", () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.boolean()), fc.integer({ min: 1, max: 5 }), async (lasts, most) => {
        const values = lasts.map((isLast, number) => ({ isLast, number }));
        const taken: (typeof values)[] = [];
        for await (const batch of batches(once(values), { most, isLast: ({ isLast }) => isLast, patience: 1_000 }))
          taken.push(batch);
        assert.deepEqual(taken.flat(), values);
        for (const batch of taken) {
          assert.ok(batch.length > 0 && batch.length <= most);
          assert.ok(batch.slice(0, -1).every(({ isLast }) => !isLast));
        }
      }),
    ));

  test("is handed over before the failure that follows it, which is heard afterwards", async () => {
    async function* failing() {
      yield 1;
      throw new Error("the server has gone");
    }
    const taken: number[][] = [];
    const taking = (async () => {
      for await (const batch of batches(failing(), { most: 10, isLast: () => true, patience: 1_000 })) {
        taken.push(batch);
        // Long enough for a failure that nobody hears to end the process.
        await new Promise(setImmediate);
      }
    })();
    await assert.rejects(taking, /the server has gone/);
    assert.deepEqual(taken, [[1]]);
  });

  test("does not wait for what was said to follow, and does not", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const taken: number[][] = [];
    for await (const batch of batches(once([1, 2], promise), { most: 10, isLast: () => false, patience: 5 })) {
      taken.push(batch);
      resolve();
    }
    assert.deepEqual(taken, [[1, 2]]);
  });
});
