import assert from "node:assert/strict";
import { test } from "node:test";
import type { JailConfig } from "../../model/jail.ts";
import type { Failure } from "./filter/matcher.ts";
import { openJail } from "./jail.ts";

const config: JailConfig = {
  name: "app",
  filter: "app",
  logs: ["/var/log/app.log"],
  journal: [],
  maxRetry: 3,
  findTime: 600_000,
  banTime: 60_000,
  growth: 1,
  longest: 60_000,
  ports: [],
  allow: [],
  allowNames: [],
  searchEngines: false,
  byServer: false,
  everywhere: false,
  active: true,
};

const failure = (host: string): Failure => ({
  expression: 0,
  id: host,
  host,
  moment: undefined,
  user: undefined,
  users: [],
  groups: {},
  lines: ["x".repeat(1_000)],
});

test("whoever failed and never again is forgotten in time, and the disk is told", () => {
  let now = 1_000_000;
  const jail = openJail(config, [], { now: () => now, never: () => false });
  jail.take(failure("192.0.2.1"));
  assert.deepEqual(
    jail.changes().map(({ subject, standing }) => [subject, standing?.failures.length]),
    [["192.0.2.1", 1]],
  );
  now += config.findTime + 1;
  jail.tidy();
  assert.deepEqual(jail.changes(), [{ subject: "192.0.2.1", standing: undefined }]);
});

test("an attacker with any number of addresses does not fill the memory", () => {
  const jail = openJail(config, [], { now: () => 1_000_000, never: () => false });
  for (let index = 0; index < 60_000; index++)
    jail.take(failure(`2001:db8:${(index >> 16).toString(16)}:${(index & 0xffff).toString(16)}::1`));
  const kept = jail.changes().filter(({ standing }) => standing !== undefined);
  assert.equal(kept.length, 50_000);
  assert.ok(kept.every((each) => "evidence" in each && each.evidence.every((line) => line.length <= 300)));
});
