import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { defaultStrategy, type Placeable } from "./placement.ts";
import { groupsOf, nextTurns, type Turn, type Waiting } from "./turns.ts";

const names = ["a1", "a2", "a3", "b1", "b2", "c1"];
const labels = ["role=web", "role=mail", "site=x", "site=y"];

const hosts = fc
  .array(fc.subarray(labels), { minLength: names.length, maxLength: names.length })
  .map((all): Placeable[] =>
    names.map((name, index) => ({
      name,
      labels: Object.fromEntries(all[index]!.map((pair) => pair.split("=") as [string, string])),
      draining: false,
    })),
  );
const waiting = fc.array(
  fc.record({
    host: fc.constantFrom(...names),
    group: fc.constantFrom("", ...labels),
    strategy: fc
      .oneof(fc.constant(1), fc.constant(2), fc.constant("50%"))
      .map((batch) => ({ ...defaultStrategy, batch })),
  }),
  { maxLength: 12 },
);

describe("hosts that serve the same take turns", () => {
  const everySchedule = (
    check: (all: { start: readonly Waiting[]; wait: readonly Waiting[]; members: Map<string, Set<string>> }) => void,
  ) =>
    fc.assert(
      fc.property(hosts, waiting, (all, wait) => {
        const members = groupsOf(all, labels);
        check({ start: nextTurns(wait, [], members), wait, members });
      }),
    );
  const areMirrors = (members: Map<string, Set<string>>, one: string, other: string) =>
    one !== other && [...(members.get(one) ?? [])].some((group) => members.get(other)?.has(group));

  test("no two of them are busy at once, unless their strategy says how many may be", () =>
    everySchedule(({ start, members }) => {
      for (const each of start)
        for (const other of start)
          if (areMirrors(members, each.host, other.host)) {
            assert.equal(each.group, other.group);
            assert.notEqual(each.group, "");
            assert.notEqual(each.strategy.batch, 1);
          }
    }));

  test("no host is busy with two things", () =>
    everySchedule(({ start }) => assert.equal(new Set(start.map(({ host }) => host)).size, start.length)));

  test("somebody's turn it always is", () =>
    everySchedule(({ start, wait }) => assert.equal(start.length > 0, wait.length > 0)));

  test("who is busy keeps its mirrors waiting, and nobody else", () =>
    fc.assert(
      fc.property(hosts, waiting, fc.constantFrom(...names), (all, wait, host) => {
        const members = groupsOf(all, labels);
        const single = wait.map((each) => ({ ...each, strategy: defaultStrategy }));
        const busy: Turn[] = [{ host, group: "", strategy: defaultStrategy }];
        for (const each of nextTurns(single, busy, members)) {
          assert.notEqual(each.host, host);
          assert.ok(!areMirrors(members, each.host, host));
        }
        const free = single.filter((each) => each.host !== host && !areMirrors(members, each.host, host));
        assert.equal(nextTurns(single, busy, members).length > 0, free.length > 0);
      }),
    ));
});
