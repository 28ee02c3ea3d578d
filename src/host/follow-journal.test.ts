import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, mock, test } from "node:test";
import { followJournal } from "./follow-journal.ts";

let directory: string;
let following: { stop(): void };
/** What was heard of it, in order. */
let heard: string[];
let wake: () => void;
const path = process.env.PATH!;

/** A journalctl(1) of ours: says these entries, and lives until {@link end}. */
function journalctl(...messages: readonly string[]) {
  const says = messages.map((message) => `echo '${JSON.stringify({ MESSAGE: message, __CURSOR: message })}'\n`);
  const program = join(directory, "journalctl");
  const alive = join(directory, "alive");
  writeFileSync(alive, "");
  writeFileSync(program, `#!/bin/sh\n${says.join("")}while [ -e ${alive} ]; do sleep 0.02; done\nexit 1\n`);
  chmodSync(program, 0o755);
}
const end = () => rmSync(join(directory, "alive"));

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  directory = mkdtempSync(join(tmpdir(), "journal-"));
  process.env.PATH = `${directory}${delimiter}${path}`;
  [heard, wake] = [[], () => {}];
});
afterEach(async () => {
  // Node's mocked timers break where one that has gone off is cleared.
  mock.timers.reset();
  end();
  const { length } = heard;
  await hears(length + 1);
  following.stop();
  process.env.PATH = path;
  rmSync(directory, { recursive: true });
});

function follow() {
  const hear = (what: string) => {
    heard.push(what);
    wake();
  };
  following = followJournal({
    matches: [],
    after: "s=1",
    since: 0,
    take: ({ text }) => hear(text),
    trouble: () => hear("trouble"),
    well: () => hear("well"),
  });
}
const hears = async (count: number) => {
  while (heard.length < count) await new Promise<void>((resolve) => (wake = resolve));
};

describe("a journal is followed", () => {
  test("once its reader has lived for a moment", () => {
    journalctl();
    follow();
    mock.timers.tick(300);
    assert.deepEqual(heard, ["well"]);
  });

  test("again, once a reader after one that ended has lived for as long as trouble has to last to be told of", async () => {
    journalctl("bad");
    follow();
    await hears(2);
    for (let ends = 1; ends <= 3; ends++) {
      end();
      await hears(2 + ends);
      journalctl();
      mock.timers.tick(1_000);
      mock.timers.tick(4_000);
    }
    assert.deepEqual(heard, ["well", ": bad", "trouble", "trouble", "trouble"]);
    mock.timers.tick(1_000);
    assert.equal(heard.at(-1), "well");
  });

  test("but not because one that ends each time says something before", async () => {
    journalctl("bad");
    follow();
    await hears(2);
    end();
    await hears(3);
    journalctl("worse");
    mock.timers.tick(1_000);
    await hears(4);
    assert.deepEqual(heard, ["well", ": bad", "trouble", ": worse"]);
    mock.timers.tick(5_000);
    assert.equal(heard.at(-1), "well");
  });
});
