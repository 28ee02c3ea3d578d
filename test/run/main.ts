import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { changedSince, NoSuchCommit, repositoryGraph } from "../../build/repository.ts";
import { knownFlakes } from "./flakes.ts";
import { turn } from "./history.ts";
import { writeOut } from "./journals.ts";
import { type Options, readOptions, usage } from "./options.ts";
import { type Durations, type Job, jobName, planJobs } from "./plan.ts";
import { failuresOf, isGreen, timesTable, type Verdict, verdictOf } from "./report.ts";
import { type Outcome, outcomeName, outcomesDirectory, runJob } from "./run-job.ts";
import { runJobs } from "./run-jobs.ts";
import { builds, checks, preparations, runStage, runStages, unit } from "./stages.ts";
import { type Suite, suites } from "./suites.ts";
import { suitesTouched } from "./touched.ts";

/*
 * Runs the tests: checks and unit tests while hosts are prepared, then the suites of the lab beside each other as far as
 * they wait. `npm test -- --help` says what can be asked for.
 */

const durationsFile = join(import.meta.dirname, "../durations.json");
const durations = existsSync(durationsFile) ? (JSON.parse(readFileSync(durationsFile, "utf8")) as Durations) : {};

/** A suite that is known to fail now and then is run so often to see whether it still does. */
const repeats = 20;

const begun = performance.now();

async function main(args: readonly string[]): Promise<number> {
  let options: Options;
  try {
    options = readOptions(args);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    return 2;
  }
  if (options.wantsHelp) {
    console.log(usage);
    return 0;
  }
  if (options.repeatsFlakes) return repeatFlakes(options);
  if (options.isUnitAlone) return (await runStage(unit)) ? 0 : 1;
  let jobs: readonly Job[];
  try {
    jobs = jobsOf(options);
  } catch (error) {
    if (!(error instanceof NoSuchCommit)) throw error;
    console.error(error.message);
    return 2;
  }
  rmSync(outcomesDirectory, { recursive: true, force: true });
  const first = [preparations([...new Set(jobs.map(({ release }) => release.codename))]), builds];
  const beside = options.isLabAlone ? [] : [[...checks, unit]];
  const prepared = await Promise.all([...first, ...beside].map(runStages));
  const failed = prepared.flatMap((stage) => stage?.name ?? []);
  if (failed.length > 0) return finish([], failed);
  const verdicts = await runLab(jobs);
  if (options.records) record(verdicts);
  return finish(verdicts);
}

function jobsOf({ only, releases, onAll, changedSince: commit }: Options): readonly Job[] {
  const touched = commit === undefined ? undefined : touchedSince(commit);
  return planJobs(only ?? touched ?? suites, releases, {
    turn: turn(),
    onAll: onAll || only !== undefined,
    durations,
  });
}

function touchedSince(commit: string): readonly Suite[] {
  const changed = changedSince(commit);
  return suitesTouched(changed, suites, repositoryGraph(changed));
}

async function runLab(jobs: readonly Job[]): Promise<readonly Verdict[]> {
  console.log(`\n${jobs.length} suites on Debian hosts\n`);
  const outcomes = await runJobs(jobs, told);
  const verdicts: Verdict[] = [];
  for (const outcome of outcomes) {
    const runs = [outcome];
    if (!outcome.isGreen) {
      console.log(`↻ ${outcomeName(outcome)}: once more, alone`);
      runs.push(await runJob(outcome.job, 2));
      told(runs[1]!, 0);
    }
    verdicts.push(verdictOf(runs, isKnown(outcome)));
  }
  return verdicts;
}

const isKnown = ({ job }: Outcome): boolean => knownFlakes.some(({ file }) => file === job.suite.file);

function told(outcome: Outcome, left: number): void {
  const count = outcome.tests.length;
  const words = `${outcomeName(outcome)}: ${count} tests, ${Math.round(outcome.seconds)} s`;
  console.log(`${outcome.isGreen ? "✔" : "✖"} ${words}${left > 0 ? `; ${left} to go` : ""}`);
  if (outcome.isGreen) return;
  console.log(failuresOf(outcome));
  for (const text of writeOut(join(outcome.directory, "journals"))) console.log(`  journal: ${text}`);
}

/** Prints how it went, last the line that counts tests. Returns the exit code. */
function finish(verdicts: readonly Verdict[], failed: readonly string[] = []): number {
  const last = verdicts.map(({ runs }) => runs.at(-1)!);
  if (last.length > 0) console.log(`\n${timesTable(verdicts.flatMap(({ runs }) => runs))}\n`);
  for (const { runs, is } of verdicts.filter((each) => each.is !== "passed"))
    console.log(
      `${is}: ${runs.map((run) => `${outcomeName(run)} ${run.isGreen ? "passed" : "failed"}`).join(", then ")}`,
    );
  const count = (outcome: string) =>
    last.flatMap(({ tests }) => tests).filter((test) => test.outcome === outcome).length;
  for (const name of failed) console.log(`failed, see above: ${name}`);
  const isWell = failed.length === 0 && verdicts.every(isGreen);
  console.log(`\nwhole run: ${Math.round((performance.now() - begun) / 1000)} s, ${isWell ? "green" : "red"}`);
  if (last.length > 0)
    console.log(`lab: ${count("passed")} passed, ${count("failed")} failed, ${count("skipped")} skipped`);
  return isWell ? 0 : 1;
}

/** Keeps how long suites took that passed, by the name of their job. */
function record(verdicts: readonly Verdict[]): void {
  const passed = verdicts.flatMap(({ runs }) => runs).filter((run) => run.isGreen);
  const fresh = passed.map((run) => [outcomeName(run), Math.round(run.seconds)] as const);
  const all = Object.entries({ ...durations, ...Object.fromEntries(fresh) }).sort();
  writeFileSync(durationsFile, `${JSON.stringify(Object.fromEntries(all), undefined, 2)}\n`);
}

async function repeatFlakes({ releases }: Options): Promise<number> {
  const flaky = suites.filter(({ file }) => knownFlakes.some((flake) => flake.file === file));
  if (flaky.length === 0) {
    console.log("No suite is known to fail now and then.");
    return 0;
  }
  if (await runStages([...preparations(releases.map(({ codename }) => codename)), ...builds])) return 1;
  let failures = 0;
  for (const job of planJobs(flaky, releases, { turn: 0, onAll: true, durations }))
    for (let attempt = 1; attempt <= repeats; attempt++) {
      const outcome = await runJob(job, attempt);
      failures += outcome.isGreen ? 0 : 1;
      console.log(`${attempt}. ${jobName(job)}: ${outcome.isGreen ? "passed" : "failed"}`);
    }
  return failures > 0 ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
