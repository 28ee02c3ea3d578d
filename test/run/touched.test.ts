import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { repository, suites } from "./suites.ts";
import { partsOfProgram, suitesTouched } from "./touched.ts";

const graph = {
  affectedBy: (changed: Iterable<string>, entries: readonly string[]) =>
    entries.filter((entry) => [...changed].some((file) => file === entry || file === `${entry}.helper`)),
  importersOf: (file: string) => uses[file] ?? [],
};
const uses: Readonly<Record<string, readonly string[]>> = {
  "src/daemons/lighttpd/lua.ts": ["src/daemons/haproxy/judge.ts", "src/kinds/index.ts"],
  "src/daemons/haproxy/judge.ts": ["src/daemons/haproxy/judge.test.ts", "src/kinds/maintenance/haproxy.ts"],
};
const touched = (...changed: string[]) => suitesTouched(changed, suites, graph).map(({ name }) => name);

describe("what a change touches", () => {
  test("a suite and what it needs: the suite", () => {
    assert.deepEqual(touched("test/lab/keys.test.ts"), ["keys"]);
    assert.deepEqual(touched("test/lab/hosts.test.ts.helper"), ["hosts"]);
  });
  test("a part of the program: the suites that are for it", () => {
    assert.deepEqual(touched("src/daemons/varnish/vcl.ts"), ["maintenance-varnish"]);
    assert.ok(touched("src/runbooks/migrate-site/outage.ts").every((name) => name.startsWith("migrate")));
  });
  test("a part that another part uses: the suites that are for either", () => {
    const names = touched("src/daemons/lighttpd/lua.ts");
    for (const each of ["maintenance-lighttpd", "maintenance-haproxy", "kind-maintenance-nginx"])
      assert.ok(names.includes(each), each);
    assert.ok(!names.includes("keys"));
  });
  test("anything else of the program: everything", () => {
    assert.equal(touched("src/engine/commit.ts").length, suites.length);
    assert.equal(touched("package-lock.json").length, suites.length);
  });
  test("texts, benches and tests of parts: nothing", () => {
    assert.deepEqual(touched("docs/lab.md", "bench/jail.ts", "src/engine/plan.test.ts", "README.md"), []);
  });
});

test("parts of the program are there, and so are suites for each", () => {
  for (const [prefix, beginnings] of Object.entries(partsOfProgram)) {
    assert.ok(existsSync(join(repository, prefix)), prefix);
    assert.ok(
      suites.some(({ name }) => beginnings.some((beginning) => name.startsWith(beginning))),
      prefix,
    );
  }
});
