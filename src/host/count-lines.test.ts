import assert from "node:assert/strict";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { openLineCounter } from "./count-lines.ts";

describe("lines that come to logs are counted", () => {
  let directory: string;
  let count: () => number;
  const log = (name: string) => join(directory, `${name}/log/access.log`);
  beforeEach(() => {
    directory = realpathSync(mkdtempSync(join(tmpdir(), "upkeep-")));
    for (const name of ["one", "two"]) mkdirSync(join(directory, `${name}/log`), { recursive: true });
    writeFileSync(log("one"), "a\nb\n");
    count = openLineCounter([`${directory}/*/log/access.log`]);
    assert.equal(count(), 0);
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  test("once each, in all of them", () => {
    appendFileSync(log("one"), "c\nd\n");
    writeFileSync(log("two"), "e\n");
    assert.equal(count(), 3);
    assert.equal(count(), 0);
  });

  test("also when the log is another one, or was cut off", () => {
    renameSync(log("one"), `${log("one")}.1`);
    writeFileSync(log("one"), "c\n");
    assert.equal(count(), 1);
    writeFileSync(log("one"), "");
    assert.equal(count(), 0);
    appendFileSync(log("one"), "d\n");
    assert.equal(count(), 1);
  });

  test("and of many, about as many as they are", () => {
    appendFileSync(log("one"), "0123456789abcde\n".repeat(1_000_000));
    assert.equal(count(), 1_000_000);
  });

  test("but not where a link leads", () => {
    writeFileSync(join(directory, "secret"), "");
    rmSync(log("one"));
    symlinkSync(join(directory, "secret"), log("one"));
    rmSync(join(directory, "two/log"), { recursive: true });
    mkdirSync(join(directory, "elsewhere"));
    symlinkSync(join(directory, "elsewhere"), join(directory, "two/log"));
    writeFileSync(join(directory, "elsewhere/access.log"), "a\n");
    count();
    appendFileSync(join(directory, "secret"), "a\n");
    appendFileSync(join(directory, "elsewhere/access.log"), "b\n");
    assert.equal(count(), 0);
  });
});
