import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Job, jobName } from "./plan.ts";
import type { TestOutcome } from "./reporter.ts";
import { repository } from "./suites.ts";

/** What a job has come to. */
export interface Outcome {
  readonly job: Job;
  readonly tests: readonly TestOutcome[];
  /** A file that ends badly without a failed test has failed all the same: it ended before its tests did. */
  readonly isGreen: boolean;
  /** Seconds from start to end; those in tests; those of them and of preparing in which something was awaited. */
  readonly seconds: number;
  readonly tested: number;
  readonly waited: number;
  /** Where its output is, and what the journals of its hosts said. */
  readonly directory: string;
}

/** Where outcomes of a run are kept, one directory a job; those of jobs that passed keep their output alone. */
export const outcomesDirectory: string = join(repository, "build/test");

/** A suite that takes longer hangs. Milliseconds. */
const longest = 40 * 60_000;

/** Runs one suite on one release. `attempt`: more than 1 where it is run again. */
export async function runJob(job: Job, attempt: number): Promise<Outcome> {
  const { suite, release } = job;
  const directory = join(outcomesDirectory, `${suite.name}-${release.codename}${attempt > 1 ? `-${attempt}` : ""}`);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const at = (name: string) => join(directory, name);
  const output = openSync(at("output.txt"), "w");
  const begun = performance.now();
  const argv = [
    "--test-reporter=spec",
    `--test-reporter-destination=${at("tests.txt")}`,
    `--test-reporter=${join(import.meta.dirname, "reporter.ts")}`,
    `--test-reporter-destination=${at("tests.jsonl")}`,
    join(repository, suite.file),
  ];
  const child = spawn(process.execPath, argv, {
    cwd: repository,
    stdio: ["ignore", output, output],
    env: {
      ...process.env,
      UPKEEP_LAB_RELEASE: release.codename,
      UPKEEP_TEST_WAITED: at("waited"),
      UPKEEP_TEST_JOURNALS: at("journals"),
    },
  });
  const hangs = setTimeout(() => child.kill("SIGKILL"), longest);
  const code = await new Promise<number | null>((resolve) => {
    child.on("exit", resolve);
    child.on("error", () => resolve(null));
  });
  clearTimeout(hangs);
  closeSync(output);
  const tests = readTests(at("tests.jsonl"));
  const isGreen = code === 0 && tests.length > 0 && tests.every(({ outcome }) => outcome !== "failed");
  if (isGreen) rmSync(at("journals"), { recursive: true, force: true });
  return {
    job,
    tests,
    isGreen,
    seconds: (performance.now() - begun) / 1000,
    tested: tests.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1000,
    waited: existsSync(at("waited")) ? Number(readFileSync(at("waited"), "utf8")) : 0,
    directory,
  };
}

const readTests = (file: string): readonly TestOutcome[] =>
  existsSync(file)
    ? readFileSync(file, "utf8")
        .split("\n")
        // After the last whole line there is nothing, or half of one where its writer was killed.
        .slice(0, -1)
        .map((line) => JSON.parse(line) as TestOutcome)
    : [];

export const outcomeName = ({ job }: Outcome): string => jobName(job);
