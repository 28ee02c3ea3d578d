import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { startConfined } from "./confined.ts";

const { PATH } = process.env;
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "confined-"));
  process.env.PATH = [directory, PATH].join(delimiter);
});
afterEach(() => {
  process.env.PATH = PATH;
  rmSync(directory, { recursive: true });
});

/** A program that is started without anybody becoming somebody else. Resolves with why it ended, and what it said. */
const start = (script: string, begun: (confined: ReturnType<typeof startConfined>) => void = () => {}) =>
  new Promise<{ readonly why: string; readonly lines: readonly string[] }>((resolve) => {
    writeFileSync(join(directory, "setpriv"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const lines: string[] = [];
    const confined = startConfined([], {
      user: "nobody",
      groups: ["nogroup"],
      hear: (line) => {
        lines.push(line);
        begun(confined);
      },
      ended: (why) => resolve({ why, lines }),
    });
  });

test("one that speaks in lines is heard, and its last words are told", async () => {
  const { why, lines } = await start("echo one; echo two; echo no memory left >&2; exit 3");
  assert.deepEqual(lines, ["one", "two"]);
  assert.match(why, /^it ended with 3: .*no memory left/);
});

test("one whose line does not end is ended: what it says fills nobody's memory", async () => {
  const { why, lines } = await start("echo one; exec cat /dev/zero");
  assert.equal(lines[0], "one");
  assert.ok(lines.join("").length < 32 << 20);
  assert.match(why, /^it was ended by SIGKILL: .*more in a line than it may/);
});

test("one that has been stopped, and hears nothing, is ended all the same", async () => {
  const { why } = await start("echo begun; kill -STOP $$", (confined) => confined.kill());
  assert.match(why, /^it was ended by SIGKILL/);
});
