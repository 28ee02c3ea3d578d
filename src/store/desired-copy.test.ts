import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Desired } from "../model/desired.ts";
import { openDesiredCopy } from "./desired-copy.ts";

const entry = (name: string, sequence: number, isThere: boolean): Desired => ({
  ref: `Site/${name}`,
  sequence,
  revision: sequence,
  resource: isThere ? { kind: "Site", name, spec: { sequence } } : null,
  cause: "alice: apply",
  writer: "0.1.0",
});

/** A history: every change of the estate has its number. */
const history = fc
  .array(fc.record({ name: fc.constantFrom("a", "b", "c"), isThere: fc.boolean() }), { maxLength: 20 })
  .map((changes) => changes.map(({ name, isThere }, index) => entry(name, index + 1, isThere)));

const fresh = () => openDesiredCopy(new DatabaseSync(":memory:"));

describe("a host's copy of what it should be", () => {
  test("comes to the same, however often and in whatever order entries come", () =>
    fc.assert(
      fc.asyncProperty(
        history.chain((all) =>
          fc.tuple(
            fc.constant(all),
            fc.shuffledSubarray([...all, ...all, ...all], { minLength: 0 }),
            fc.integer({ min: 1, max: 5 }),
          ),
        ),
        async ([all, disorder, size]) => {
          const [one, other] = [fresh(), fresh()];
          one.take(all);
          for (let start = 0; start < disorder.length; start += size) other.take(disorder.slice(start, start + size));
          other.take([...all].reverse());
          assert.deepEqual(await other.list(), await one.list());
          assert.deepEqual(other.due(), one.due());
          assert.equal(other.highest(), one.highest());
        },
      ),
    ));

  test("has nothing to do once everything is done, and something again with the next change or another context", () => {
    const copy = fresh();
    assert.deepEqual(copy.take([entry("a", 1, true), entry("b", 2, true)]), ["Site/a", "Site/b"]);
    assert.deepEqual(copy.take([entry("a", 1, true)]), []);
    copy.done([entry("a", 1, true), entry("b", 2, true)], "context");
    assert.deepEqual(copy.due(), []);
    assert.deepEqual(copy.due("another"), ["Site/a", "Site/b"]);
    copy.take([entry("a", 3, false)]);
    assert.deepEqual(copy.due(), ["Site/a"]);
    copy.done([entry("a", 3, false)], "context");
    assert.deepEqual(copy.due("context"), []);
  });

  test("what became newer while it was carried out is due again", () => {
    const copy = fresh();
    copy.take([entry("a", 1, true)]);
    copy.take([entry("a", 2, true)]);
    copy.done([entry("a", 1, true)], "context");
    assert.deepEqual(copy.due(), ["Site/a"]);
  });
});
