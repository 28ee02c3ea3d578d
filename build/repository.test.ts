import assert from "node:assert/strict";
import { test } from "node:test";
import { changedSince, commitNamed, NoSuchCommit, repositoryFiles, textAt } from "./repository.ts";

test("the files of the working copy are there, without what git ignores", () => {
  const files = repositoryFiles();
  assert.ok(files.includes("src/cli/main.ts"));
  assert.ok(!files.some((file) => file.startsWith("node_modules/")));
});

test("a commit is named shortly; an unknown one is told so, with what to do", () => {
  assert.match(commitNamed(), /^[0-9a-f]{7,}$/);
  assert.throws(
    () => changedSince("no-such-commit"),
    (error) =>
      error instanceof NoSuchCommit && /no commit "no-such-commit"[\s\S]*git log --oneline/.test(error.message),
  );
  // Nothing that looks like an option is taken for one.
  assert.throws(() => commitNamed("--all"), NoSuchCommit);
});

test("a file is read as it was in a commit, and is empty where it was not there", () => {
  assert.match(textAt("HEAD", "package.json"), /"name": "upkeep"/);
  assert.equal(textAt("HEAD", "no/such/file"), "");
});
