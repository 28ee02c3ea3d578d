import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Desired } from "../model/desired.ts";
import { hostBox, makeHostBox, sealForHost } from "./host-box.ts";

const entry = (spec: object): Desired => ({
  ref: "Site/a",
  sequence: 1,
  revision: 1,
  resource: { kind: "Site", name: "a", spec },
  cause: "alice: apply",
  writer: "0.1.0",
});

describe("a secret for one host", () => {
  const [mine, other] = [makeHostBox(), makeHostBox()];

  test("is read by that host, and is a riddle to every other", () =>
    fc.assert(
      fc.property(fc.json(), (text) => {
        const secret = JSON.parse(text) as unknown;
        const sealed = sealForHost(entry({ users: secret, open: 1 }), ["users"], mine.publicKey).resource!.spec;
        assert.deepEqual(hostBox(mine.seed)(sealed), { users: secret, open: 1 });
        assert.deepEqual(hostBox(other.seed)(sealed), sealed);
      }),
      { numRuns: 25 },
    ));

  test("is not sealed where there is none", () => {
    const plain = entry({ open: 1 });
    assert.deepEqual(sealForHost(plain, ["users"], mine.publicKey), plain);
  });
});
