import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Desired, desiredKey, readDesired } from "./desired.ts";
import type { ResourceRef } from "./resource.ts";

const names = fc.oneof(fc.string({ minLength: 1, unit: "binary" }), fc.stringMatching(/^[a-z*.=]{1,12}$/));

describe("the key of a desired entry", () => {
  test("of a site reads like its name", () =>
    assert.equal(desiredKey("web1", "Site/shop.example.com"), "web1.Site.shop.example.com"));

  test("is one that a bucket takes, whatever the name", () =>
    fc.assert(
      fc.property(names, (name) => {
        const key = desiredKey("web1", `Site/${name}`);
        assert.match(key, /^[-/_=.a-zA-Z0-9]+$/);
        assert.doesNotMatch(key, /\.\.|\.$/);
      }),
    ));

  test("is no other resource's", () =>
    fc.assert(
      fc.property(names, names, (one, other) => {
        const key = (name: string) => desiredKey("web1", `Site/${name}` as ResourceRef);
        assert.equal(key(one) === key(other), Buffer.from(one).equals(Buffer.from(other)));
      }),
    ));
});

describe("an entry that has travelled", () => {
  const entry: Desired = {
    ref: "Site/shop.example.com",
    sequence: 7,
    revision: 2,
    resource: { kind: "Site", name: "shop.example.com", spec: { user: "alice" } },
    cause: "alice: apply shop.yaml",
    writer: "0.1.0",
  };

  test("is what it was", () => {
    assert.deepEqual(readDesired(JSON.stringify(entry)), entry);
    assert.deepEqual(readDesired(JSON.stringify({ ...entry, resource: null })), { ...entry, resource: null });
  });

  test("is none when it is something else, or speaks of two resources", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => readDesired(text) === undefined));
    assert.equal(readDesired(JSON.stringify({ ...entry, ref: "Site/other.example.com" })), undefined);
  });
});
