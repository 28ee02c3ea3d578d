import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { desiredKey } from "./desired.ts";
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
