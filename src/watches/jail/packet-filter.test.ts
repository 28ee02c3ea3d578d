import assert from "node:assert/strict";
import { test } from "node:test";
import { keepOut, letIn, membersOf, together } from "./packet-filter.ts";

const all = [
  { address: "192.0.2.1", ports: [], remaining: 1_500 },
  { address: "192.0.2.1", ports: [22, 2222], remaining: 60_000 },
  { address: "2001:db8:1:2:3::4", ports: [], remaining: 60_000 },
  { address: "2001:db8:1:2::/64", ports: [], remaining: 90_000 },
  { address: "198.51.100.0/24", ports: [80], remaining: 60_000 },
  { address: "2001:db8::/32", ports: [], remaining: 60_000 },
];

test("whoever is to be kept out is in the right set, once, for the longest of their times", () => {
  const members = all.flatMap((each) => membersOf(each).map((member) => ({ ...member, remaining: each.remaining })));
  const adds = keepOut(together(members))
    .split("\n")
    .filter((line) => line.includes("timeout"));
  assert.deepEqual(adds, [
    "add element inet upkeep_bans nets4 { 198.51.100.0/24 timeout 60s }",
    "add element inet upkeep_bans nets6 { 2001:db8::/32 timeout 60s }",
    "add element inet upkeep_bans ports4 { 192.0.2.1 . 22 timeout 60s, 192.0.2.1 . 2222 timeout 60s }",
    "add element inet upkeep_bans v4 { 192.0.2.1 timeout 2s }",
    "add element inet upkeep_bans v6 { 2001:db8:1:2:: timeout 90s }",
  ]);
});

test("whoever is let in is no longer in any of them, whether they were or not", () => {
  const lines = letIn(membersOf({ address: "192.0.2.1", ports: [22] }))
    .trim()
    .split("\n");
  assert.deepEqual(lines, [
    "add element inet upkeep_bans ports4 { 192.0.2.1 . 22 }",
    "delete element inet upkeep_bans ports4 { 192.0.2.1 . 22 }",
  ]);
});

test("what is no address is no batch", () => {
  assert.throws(() => membersOf({ address: "1.2.3.4 }; flush ruleset", ports: [] }), /no address/);
});
