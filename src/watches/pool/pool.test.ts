import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { recordsOf } from "../../model/pool.ts";
import { choose } from "./choose.ts";
import { advance, type Standing, unlooked } from "./health.ts";

const limits = { rise: 2, fall: 3, damping: { changes: 4, within: 60_000 } };
/** Results a second apart: `+` good, `-` bad; what it is after each. */
function after(results: string, isUp = true): string {
  let standing: Standing = unlooked(isUp, 0);
  return [...results]
    .map((result, second) => {
      standing = advance(standing, result === "+", (second + 1) * 1_000, limits);
      return standing.isUp ? "U" : "d";
    })
    .join("");
}

describe("an address is up or down", () => {
  for (const [results, is, begins] of [
    ["---", "UUd", true],
    ["--+--", "UUUUU", true],
    ["++", "dU", false],
    ["+-+", "ddd", false],
  ] as const)
    test(`${results} from ${begins ? "up" : "down"}`, () => assert.equal(after(results, begins), is));

  test("one that changes too often stays down until it has been well for as long", () => {
    const flapping = "---++---++---";
    assert.equal(after(flapping).at(-1), "d");
    assert.equal(after(`${flapping}${"+".repeat(30)}`).at(-1), "d");
    assert.equal(after(`${flapping}${"+".repeat(61)}`).at(-1), "U");
  });

  test("it takes as many in a row as were asked for, whatever came before", () =>
    fc.assert(
      fc.property(fc.stringMatching(/^[+-]{0,40}$/), (results) => {
        const states = after(results);
        [...states].forEach((state, index) => {
          const former = index === 0 ? "U" : states[index - 1];
          if (state === former) return;
          const row = results.slice(0, index + 1);
          assert.ok(state === "d" ? row.endsWith("---") : row.endsWith("++"));
        });
      }),
    ));
});

describe("what visitors are given", () => {
  const member = (address: string, priority = 0, weight = 1) => ({ address, priority, weight });
  const members = [
    member("192.0.2.10"),
    member("192.0.2.11", 0, 5),
    member("192.0.2.20", 1),
    member("2001:db8::20", 1),
  ];
  const given = (
    up: readonly string[],
    more: { minUp?: number; maxUp?: number; drained?: string[]; last?: string[] } = {},
  ) =>
    choose(
      { members, minUp: more.minUp ?? 1, ...(more.maxUp && { maxUp: more.maxUp }) },
      {
        isUp: (address) => up.includes(address),
        isDrained: (address) => more.drained?.includes(address) ?? false,
        last: more.last ?? ["192.0.2.10"],
      },
    );
  const all = members.map(({ address }) => address);

  test("the first ones, the heaviest in front", () =>
    assert.deepEqual(given(all).addresses, ["192.0.2.11", "192.0.2.10"]));
  test("no more than wanted", () => assert.deepEqual(given(all, { maxUp: 1 }).addresses, ["192.0.2.11"]));
  test("the next ones when none of the first is up", () =>
    assert.deepEqual(given(["192.0.2.20", "2001:db8::20"]).addresses, ["192.0.2.20", "2001:db8::20"]));
  test("nobody who has been taken out", () =>
    assert.deepEqual(given(all, { drained: ["192.0.2.11"] }).addresses, ["192.0.2.10"]));
  test("what was there when everything looks down, and an alarm", () => {
    const { addresses, alarm } = given([], { last: ["192.0.2.10", "192.0.2.99"] });
    assert.deepEqual(addresses, ["192.0.2.10"]);
    assert.match(alarm!, /0 of 4 addresses seem to be up/);
  });
  test("what was there when fewer look up than there must be", () =>
    assert.deepEqual(given(["192.0.2.20"], { minUp: 2, last: ["192.0.2.11"] }).addresses, ["192.0.2.11"]));

  test("never nothing, and never an address that is not in the pool", () =>
    fc.assert(
      fc.property(
        fc.subarray(all),
        fc.subarray(all),
        fc.array(fc.constantFrom(...all, "192.0.2.99")),
        fc.nat(4),
        (up, drained, last, minUp) => {
          const { addresses } = given(up, { drained, last, minUp });
          assert.ok(addresses.length > 0 && addresses.every((address) => all.includes(address)));
        },
      ),
    ));

  test("as records, for each name and of each family", () =>
    assert.equal(
      recordsOf({ zone: "example.com", records: ["@", "*"], ttl: 60 }, ["192.0.2.10", "2001:db8::20"]),
      "example.com. 60 IN A 192.0.2.10\nexample.com. 60 IN AAAA 2001:db8::20\n*.example.com. 60 IN A 192.0.2.10\n*.example.com. 60 IN AAAA 2001:db8::20\n",
    ));
});
