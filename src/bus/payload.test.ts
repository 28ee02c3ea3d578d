import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { pack, unpack } from "./payload.ts";

describe("what is asked and answered", () => {
  test("arrives as it was sent", () =>
    fc.assert(
      fc.asyncProperty(fc.json(), fc.nat(2_000), async (text, times) => {
        const value = Array.from({ length: times }, () => JSON.parse(text));
        assert.deepEqual(await unpack(await pack(value)), value);
      }),
      { numRuns: 50 },
    ));

  test("is small where it repeats itself", async () => {
    const plan = Array.from({ length: 10_000 }, (_, number) => ({
      path: `/etc/apache2/upkeep/s${number}.example.com.conf`,
      content: "<VirtualHost *:80>\n".repeat(100),
    }));
    assert.ok((await pack(plan)).length < 1 << 20);
  });

  test("is refused when it is no JSON", () => assert.rejects(unpack(Buffer.from("{")), SyntaxError));
});
