import assert from "node:assert/strict";
import { test } from "node:test";
import { openMatcher } from "../watches/jail/filter/matcher.ts";
import { readOwnFilter } from "../watches/jail/filter/own.ts";
import { openDryRun } from "./dry-run.ts";

test("a log of yesterday says whom a jail would have banned, and who of them got in", () => {
  const filter = readOwnFilter(
    { failregex: ["^ bad <ADDR>$", "^ <F-NOFAIL><F-SUCCESS>good</F-SUCCESS></F-NOFAIL> <ADDR>$"] },
    "test",
  );
  const matcher = openMatcher(filter, { now: () => Date.parse("2026-11-22T00:00:00Z") });
  const dryRun = openDryRun({ maxRetry: 3, findTime: 600_000, banTime: 60_000, growth: 1, longest: 60_000 });
  const lines = [
    ...["10:00:00", "10:00:01", "10:00:02", "10:00:03", "10:05:00", "10:05:01", "10:05:02"].map((at) => [
      at,
      "bad 192.0.2.1",
    ]),
    ["10:05:03", "good 192.0.2.1"],
    ...["10:00:00", "10:20:00", "10:40:00"].map((at) => [at, "bad 192.0.2.2"]),
    ["10:41:00", "good 192.0.2.2"],
  ];
  for (const [at, what] of lines) dryRun.take(matcher.judge({ text: `2026-11-21T${at}+00:00 ${what}` }));
  assert.deepEqual(
    dryRun
      .banned()
      .map(({ address, bans, failures, succeeded }) => [
        address,
        bans.map((ban) => new Date(ban).toISOString().slice(11, 19)),
        failures,
        succeeded !== undefined,
      ]),
    [["192.0.2.1", ["10:00:02", "10:05:02"], 7, true]],
  );
});
