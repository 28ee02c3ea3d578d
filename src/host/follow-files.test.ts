import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { type Following, followFiles, type Position } from "./follow-files.ts";
import { nameMatcher } from "./log-file.ts";

let directory: string;
let log: string;
let following: Following | undefined;
let read = "";
let troubles: string[] = [];
let positions: readonly Position[] = [];
let waiting: (() => void)[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "follow-"));
  log = join(directory, "a.log");
  [read, troubles, positions, waiting] = ["", [], [], []];
});
afterEach(() => {
  following?.stop();
  rmSync(directory, { recursive: true });
});

const start = (patterns = [log]) => {
  following = followFiles({
    patterns,
    positions,
    take: ({ bytes }) => {
      read += bytes.toString();
      for (const wake of waiting.splice(0)) wake();
    },
    trouble: (path, why) => {
      troubles.push(`${path}: ${why}`);
      for (const wake of waiting.splice(0)) wake();
    },
  });
};
const stop = () => {
  positions = following!.positions;
  following!.stop();
};
const until = async (isSo: () => boolean) => {
  const deadline = setTimeout(() => assert.fail(`read ${JSON.stringify(read)}, troubles ${troubles}`), 5_000);
  while (!isSo()) await new Promise<void>((resolve) => waiting.push(resolve));
  clearTimeout(deadline);
};

describe("a log is read as it grows", () => {
  test("from its beginning, and then what comes", async () => {
    writeFileSync(log, "one\n");
    start();
    assert.equal(read, "one\n");
    appendFileSync(log, "two\n");
    await until(() => read === "one\ntwo\n");
  });

  test("to its end when it has been renamed, also what comes to it late", async () => {
    writeFileSync(log, "one\n");
    start();
    renameSync(log, `${log}.1`);
    appendFileSync(`${log}.1`, "late\n");
    await until(() => read === "one\nlate\n");
    writeFileSync(log, "two\n");
    await until(() => read === "one\nlate\ntwo\n");
    appendFileSync(`${log}.1`, "very late\n");
    await until(() => read.endsWith("very late\n"));
  });

  test("also when it is copied and cut off", async () => {
    writeFileSync(log, "one\n");
    start();
    copyFileSync(log, `${log}.1`);
    truncateSync(log);
    appendFileSync(log, "2\n");
    await until(() => read === "one\n2\n");
    assert.equal(read, "one\n2\n");
  });

  test("in directories that come later, by stars", async () => {
    start([join(directory, "*/log/access*.log")]);
    mkdirSync(join(directory, "site/log"), { recursive: true });
    const late = join(directory, "site/log/access.log");
    // The directory may be seen before or after what is in it.
    writeFileSync(late, "one\n");
    await until(() => read === "one\n").catch(() => {});
    appendFileSync(late, "two\n");
    await until(() => read === "one\ntwo\n");
  });
});

describe("whoever stops goes on where they were", () => {
  const whileAway: Readonly<Record<string, () => void>> = {
    "nothing but more lines": () => appendFileSync(log, "two\n"),
    "a rotation": () => {
      appendFileSync(log, "tw");
      renameSync(log, `${log}.1`);
      writeFileSync(log, "o\n");
    },
    "a rotation with compression": () => {
      appendFileSync(log, "tw");
      writeFileSync(`${log}.1.gz`, gzipSync(readFileSync(log)));
      rmSync(log);
      writeFileSync(log, "o\n");
    },
    "a copy that was cut off": () => {
      appendFileSync(log, "tw");
      copyFileSync(log, `${log}.1`);
      truncateSync(log);
      appendFileSync(log, "o\n");
    },
  };
  for (const [what, happens] of Object.entries(whileAway))
    test(`after ${what}`, async () => {
      writeFileSync(log, "one\n");
      start();
      stop();
      happens();
      start();
      await until(() => read === "one\ntwo\n");
      assert.equal(read, "one\ntwo\n");
    });
});

describe("names as the shell writes them", () => {
  for (const [pattern, name, fits] of [
    ["*.log", "a.log", true],
    ["*.log", "a.log.1", false],
    ["a?[0-9].log", "ab7.log", true],
    ["a[!0-9].log", "a7.log", false],
    ["/srv/*/log", "/srv/a/b/log", false],
    ["a+b(1).log", "a+b(1).log", true],
    ["a[.log", "a[.log", true],
  ] as const)
    test(`${pattern} and ${name}`, () => assert.equal(nameMatcher(pattern).test(name), fits));
});

describe("what is no regular file is not read", () => {
  test("a link, wherever it leads", async () => {
    const secret = join(directory, "secret");
    writeFileSync(secret, "secret\n");
    start();
    symlinkSync(secret, log);
    await until(() => troubles.length > 0);
    assert.equal(read, "");
  });

  test("nor what is behind a directory that is one, where others may make directories", async () => {
    const secret = join(directory, "secret/log");
    mkdirSync(secret, { recursive: true });
    writeFileSync(join(secret, "access.log"), "secret\n");
    mkdirSync(join(directory, "homes/eve"), { recursive: true });
    symlinkSync(join(directory, "secret"), join(directory, "homes/eve/site"));
    mkdirSync(join(directory, "homes/eve/other"));
    symlinkSync(secret, join(directory, "homes/eve/other/log"));
    mkdirSync(join(directory, "homes/eve/good/log"), { recursive: true });
    writeFileSync(join(directory, "homes/eve/good/log/access.log"), "good\n");
    start([join(directory, "homes/*/*/log/access.log")]);
    assert.equal(read, "good\n");
  });

  test("but an operator's own path may lead over a link", async () => {
    mkdirSync(join(directory, "real"));
    writeFileSync(join(directory, "real/a.log"), "one\n");
    symlinkSync(join(directory, "real"), join(directory, "link"));
    start([join(directory, "link/*.log")]);
    assert.equal(read, "one\n");
    appendFileSync(join(directory, "real/a.log"), "two\n");
    await until(() => read === "one\ntwo\n");
  });

  test("a pipe, and nobody waits for it", async () => {
    start();
    execFileSync("mkfifo", [log]);
    await until(() => troubles.length > 0);
    assert.match(troubles[0]!, /no regular file/);
  });
});

test("whatever happens to a log, each line is read once and in order", async () => {
  const step = fc.constantFrom("write", "write", "write", "rename", "stop", "compress");
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const here = mkdtempSync(join(directory, "run-"));
      log = join(here, "a.log");
      [read, positions] = ["", []];
      let written = "";
      let isRunning = false;
      let rotations = 0;
      const run = () => {
        if (!isRunning) start();
        isRunning = true;
      };
      for (const each of steps) {
        if (each === "stop" && isRunning) stop();
        if (each === "stop") isRunning = false;
        else if (each === "write") {
          appendFileSync(log, `${written.length}\n`);
          written += `${written.length}\n`;
          if (isRunning) await until(() => read === written);
        } else if (written !== "") {
          run();
          await until(() => read === written);
          rotations++;
          if (each === "rename") renameSync(log, `${log}.${rotations}`);
          else {
            writeFileSync(`${log}.${rotations}.gz`, gzipSync(readFileSync(log)));
            rmSync(log);
          }
          writeFileSync(log, `rotated ${rotations}\n`);
          written += `rotated ${rotations}\n`;
        }
      }
      run();
      await until(() => read === written);
      following!.stop();
    }),
    { numRuns: 60 },
  );
});
