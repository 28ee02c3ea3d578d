import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { networkOf, parseAddress, printAddress } from "./address.ts";
import { refusedNames, refusedPattern } from "./refused-names.ts";

/** What a server looks for when somebody comes from there. */
const lookedFor = (text: string) => new RegExp(`^(${refusedPattern})`).exec(text)?.[1];

describe("who is refused by a server is known by the text of the address", () => {
  for (const [banned, comes, isRefused] of [
    ["192.0.2.7", "192.0.2.7", true],
    ["192.0.2.7", "192.0.2.70", false],
    ["2001:db8:1:2::9", "2001:db8:1:2:aaaa:bbbb:cccc:dddd", true],
    ["2001:db8:1:2::9", "2001:db8:1:2::1", true],
    ["2001:db8:1:2::9", "2001:db8:1:3::1", false],
    ["2001:db8::9", "2001:db8::1", true],
    ["2001:db8::9", "2001:db8:0:0:1::", true],
    ["2001:db8::9", "2001:db8:0:1::1", false],
    ["2001:db8:1::9", "2001:db8:1::ffff:0:1", true],
  ] as const)
    test(`${comes} ${isRefused ? "is" : "is not"} refused when ${banned} is banned`, () =>
      assert.equal(refusedNames(parseAddress(banned)!).includes(lookedFor(comes) ?? ""), isRefused));

  const groups = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), {
    minLength: 8,
    maxLength: 8,
  });
  const textOf = (all: readonly number[]) =>
    printAddress(parseAddress(all.map((each) => each.toString(16)).join(":"))!);

  test("everyone in a banned /64, and nobody else but in rare cases who differs in its last group alone", () =>
    fc.assert(
      fc.property(groups, groups, (one, other) => {
        const banned = parseAddress(textOf(one))!;
        const names = refusedNames(banned);
        const neighbour = textOf([...one.slice(0, 4), ...other.slice(4)]);
        const prefix = one.slice(0, 4);
        // Four groups of zeros, or one and zeros, belong to nobody.
        if (prefix[0] !== 0 && prefix[1] !== 0)
          assert.ok(names.includes(lookedFor(neighbour) ?? "-"), `${neighbour} for ${textOf(one)}`);
        const stranger = textOf(other);
        const isNeighbour =
          printAddress(networkOf(parseAddress(stranger)!, 64)) === printAddress(networkOf(banned, 64));
        if (other[0] !== 0 && other[1] !== 0 && !isNeighbour)
          assert.ok(!names.includes(lookedFor(stranger) ?? "-"), `${stranger} for ${textOf(one)}`);
      }),
      { numRuns: 2_000 },
    ));
});
