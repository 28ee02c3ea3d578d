import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, test } from "node:test";
import fc from "fast-check";
import { openSecrets } from "./secrets.ts";

const key = randomBytes(32);
const secrets = openSecrets(key);
const json = fc.json().map((text) => JSON.parse(text) as unknown);
const spec = fc.record({ users: json, open: json }, { noNullPrototype: true });
const fields = ["users"];

describe("secrets at rest", () => {
  test("come back as they were, and what is no secret stays readable", () =>
    fc.assert(
      fc.property(spec, (value) => {
        const sealed = secrets.seal("Site/a", value, fields) as typeof value;
        assert.deepEqual(secrets.open("Site/a", sealed), value);
        assert.deepEqual(sealed.open, value.open);
        assert.deepEqual(Object.keys(sealed.users as object), ["$sealed"]);
      }),
    ));

  test("look the same if they are the same, so that nothing seems to have changed", () =>
    fc.assert(
      fc.property(spec, (value) =>
        assert.deepEqual(secrets.seal("Site/a", value, fields), secrets.seal("Site/a", structuredClone(value), fields)),
      ),
    ));

  test("look otherwise for another record, and cannot be put there", () => {
    const sealed = secrets.seal("Site/a", { users: "x" }, fields);
    assert.notDeepEqual(sealed, secrets.seal("Site/b", { users: "x" }, fields));
    assert.throws(() => secrets.open("Site/b", sealed), /Site\/b: users cannot be opened/);
  });

  test("cannot be altered, or opened with another key", () => {
    const { users } = secrets.seal("Site/a", { users: "x" }, fields) as { users: { $sealed: string } };
    const bytes = Buffer.from(users.$sealed.slice(2), "base64");
    for (let index = 0; index < bytes.length; index++) {
      const altered = Buffer.from(bytes);
      altered[index]! ^= 1;
      const damaged = { users: { $sealed: `e:${altered.toString("base64")}` } };
      assert.throws(() => secrets.open("Site/a", damaged), /cannot be opened/);
    }
    assert.throws(() => openSecrets(randomBytes(32)).open("Site/a", { users }), /cannot be opened/);
  });
});
