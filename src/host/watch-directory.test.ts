import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, type watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { watchDirectory } from "./watch-directory.ts";

const refusing = (code: string) =>
  (() => {
    throw Object.assign(new Error(`${code}: watch`), { code });
  }) as unknown as typeof watch;

describe("what happens in a directory is heard", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "upkeep-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  for (const [how, options] of [
    ["by inotify", {}],
    ["by looking, where there are no more instances of it", { listen: refusing("EMFILE") }],
    ["by looking, where there are no more watches of it", { listen: refusing("ENOSPC") }],
  ] as const)
    test(how, async () => {
      const log = join(directory, "access.log");
      writeFileSync(log, "one\n");
      const heard: string[] = [];
      let wake = () => {};
      const hears = async (name: string) => {
        while (!heard.includes(name))
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        heard.length = 0;
      };
      const stop = watchDirectory(
        directory,
        (name) => {
          heard.push(name);
          wake();
        },
        options,
      );
      try {
        appendFileSync(log, "two\n");
        await hears("access.log");
        mkdirSync(join(directory, "new"));
        await hears("new");
        rmSync(log);
        await hears("access.log");
      } finally {
        stop();
      }
    });

  test("that there is no such directory is said", () =>
    assert.throws(() => watchDirectory(join(directory, "none"), () => {}), /ENOENT/));
});
