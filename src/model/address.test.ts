import assert from "node:assert/strict";
import { isIP } from "node:net";
import { describe, test } from "node:test";
import fc from "fast-check";
import { isIn, networkOf, parseAddress, parseNetwork, printAddress } from "./address.ts";

describe("addresses", () => {
  for (const [text, printed] of [
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["[2001:DB8::1]", "2001:db8::1"],
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["fe80::1%eth0", "fe80::1"],
    ["::", "::"],
    ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
  ] as const)
    test(`${text} is ${printed}`, () => assert.equal(printAddress(parseAddress(text)!), printed));

  for (const text of ["", "256.1.1.1", "1.2.3", "example.com", "1.2.3.4/24", "12345::"])
    test(`${JSON.stringify(text)} is none`, () => assert.equal(parseAddress(text), undefined));

  for (const [text, printed] of [
    ["192.0.2.77/24", "192.0.2.0/24"],
    ["::ffff:192.0.2.77/120", "192.0.2.0/24"],
    ["::ffff:0:0/95", "::fffe:0:0/95"],
    ["2001:db8::1/128", "2001:db8::1"],
  ] as const)
    test(`${text} is the network ${printed}`, () => assert.equal(printAddress(parseNetwork(text)!), printed));

  test("an IPv6 customer is a /64", () =>
    assert.equal(printAddress(networkOf(parseAddress("2001:db8:1:2:3:4:5:6")!, 64)), "2001:db8:1:2::/64"));

  test("it is one exactly where the system's own functions say so", () => {
    const piece = fc.constantFrom(
      ":",
      "::",
      ".",
      "0",
      "1",
      "ff",
      "abcd",
      "12345",
      "192",
      "256",
      "::ffff:",
      "1.2.3.4",
      "g",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join("");
        assert.equal(parseAddress(text) !== undefined, isIP(text) !== 0, text);
      }),
      { numRuns: 5_000 },
    );
  });

  test("what is printed is read as the same, and is in each of its networks", () => {
    const anyAddress = fc.oneof(
      fc.bigInt(0n, (1n << 32n) - 1n).map((value) => ({ family: 4 as const, value })),
      fc
        .bigInt(0n, (1n << 128n) - 1n)
        .filter((value) => value >> 32n !== 0xffffn)
        .map((value) => ({ family: 6 as const, value })),
    );
    fc.assert(
      fc.property(anyAddress, fc.nat(128), (address, bits) => {
        assert.deepEqual(parseAddress(printAddress(address)), address);
        const network = networkOf(address, Math.min(bits, address.family === 4 ? 32 : 128));
        assert.deepEqual(parseNetwork(printAddress(network)), network);
        assert.ok(isIn(address, network));
      }),
    );
  });
});
