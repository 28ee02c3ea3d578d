import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, test } from "node:test";
import { benches } from "./index.ts";

function bench(...argv: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, "run.ts"), ...argv], {
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

describe("npm run bench", () => {
  test("--help shows options, benches and examples", () => {
    const { status, stdout } = bench("--help");
    assert.equal(status, 0);
    for (const word of [
      "--since COMMIT",
      "--list",
      "--report",
      "npm run bench -- web jail",
      ...benches.map(({ name }) => name),
    ])
      assert.ok(stdout.includes(word), word);
  });

  test("a commit that is not there, a bench that is not there and an option that is not there end with 2", () => {
    const cases = [
      [["--since", "no-such-commit"], /no commit "no-such-commit"/],
      [["no-such-bench"], /no bench no-such-bench\. There are: ten-thousand/],
      [["--no-such-option"], /--no-such-option/],
    ] as const;
    for (const [argv, words] of cases) {
      const { status, stderr } = bench(...argv);
      assert.equal(status, 2, stderr);
      assert.match(stderr, words);
      assert.doesNotMatch(stderr, /\n {4}at /, "no stack: the person who typed it is at fault");
    }
  });

  test("--list says of each bench whether it would run, and of when its figures are, and runs none", () => {
    const { status, stdout } = bench("--list", "web", "pool");
    assert.equal(status, 0);
    assert.match(stdout, /^web runs\. Last measured (at|before) .* \(\d{4}-\d\d-\d\d\)\.$/m);
    assert.match(stdout, /^pool runs\./m);
    assert.equal(stdout.trim().split("\n").length, 2);
  });

  test("--list --since names each bench of those asked for, with a reason or as skipped", () => {
    const { status, stdout } = bench("--list", "--since", "HEAD");
    assert.equal(status, 0);
    for (const { name } of benches)
      assert.match(stdout, new RegExp(`^${name} (runs, because .* since HEAD|is skipped: .* since HEAD)\\.`, "m"));
  });
});
