import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { changedSince, commitNamed, NoSuchCommit, repositoryGraph, textAt } from "../build/repository.ts";
import { closeWorld } from "../lab/world.ts";
import { installation } from "../src/host/installation.ts";
import { help, readArguments, UsageError } from "./arguments.ts";
import { measuredByAll, measures } from "./coverage.ts";
import { measuredAt, newestOf, parseHistory, printHistory, type Run, runsOf, withRun } from "./history.ts";
import { historyPlot } from "./history-plot.ts";
import { type Bench, benches } from "./index.ts";
import { codeNow, machineOf, written } from "./provenance.ts";
import { report, table } from "./report.ts";
import { librariesDiffer, type Selected, select } from "./selection.ts";
import { openBenchHost } from "./world.ts";

/* Runs benches, each on a lab host of its own whose files are on a disk, and keeps their figures. `--help` says more. */

const resultsFile = join(import.meta.dirname, "results.json");
const mostReasons = 5;
const readHistory = (): Run[] => (existsSync(resultsFile) ? parseHistory(readFileSync(resultsFile, "utf8")) : []);

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError || error instanceof NoSuchCommit)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

async function main(argv: readonly string[]): Promise<number> {
  const known = benches.map(({ name }) => name);
  const { names, since, list, report: onlyReport, help: wantsHelp } = readArguments(argv, known);
  if (wantsHelp) {
    console.log(help(known));
    return 0;
  }
  if (onlyReport) {
    writeReport(readHistory());
    return 0;
  }
  const asked = benches.filter(({ name }) => names.length === 0 || names.includes(name));
  const selected =
    since === undefined ? asked.map(({ name }) => ({ name, because: [] })) : changedBenches(asked, since);
  const runs = since === undefined ? selected : selected.filter(({ because }) => because.length > 0);
  const skipped = selected.filter((each) => !runs.includes(each));
  const say = list ? console.log : console.error;
  for (const each of runs) say(willRun(each, since));
  for (const { name } of skipped)
    say(`${name} is skipped: nothing that it measures changed since ${since}. ${figuresOf(name)}`);
  if (list) return 0;
  // Figures of an unknown commit are worth nothing: better known now than after the first bench.
  commitNamed();

  const failed: string[] = [];
  for (const { name } of runs) {
    const bench = benches.find((each) => each.name === name)!;
    try {
      keep(await measured(bench));
    } catch (error) {
      console.error(`${name} failed: ${(error as Error).stack}`);
      failed.push(name);
    }
  }
  for (const { name } of runs)
    if (!failed.includes(name)) console.log(`\n${name}\n\n${table(newestOf(readHistory(), name)!.figures)}`);
  if (failed.length > 0) console.error(`\nNot measured, because they failed: ${failed.join(", ")}.`);
  return failed.length > 0 ? 1 : 0;
}

function changedBenches(asked: readonly Bench[], since: string): Selected[] {
  const changed = changedSince(since).filter((file) => !written.test(file));
  const graph = repositoryGraph(changed);
  const lock = "package-lock.json";
  const libraries =
    changed.includes(lock) && librariesDiffer(textAt(since, lock), readFileSync(join(installation, lock), "utf8"));
  const all = [...measuredByAll, ...(libraries ? [lock] : [])];
  return select(
    asked.map(({ name }) => ({ name, measures: [...measures[name]!, ...all] })),
    changed,
    graph,
  );
}

function willRun({ name, because }: Selected, since: string | undefined): string {
  if (since === undefined) return `${name} runs. ${figuresOf(name)}`;
  const shown = because.slice(0, mostReasons).map(({ file, way }) => `  ${file}: ${way}`);
  const more = because.length - shown.length;
  return [
    `${name} runs, because ${because.length === 1 ? "a file" : `${because.length} files`} changed since ${since}. ${figuresOf(name)}`,
    ...shown,
    ...(more > 0 ? [`  and ${more} more`] : []),
  ].join("\n");
}

function figuresOf(name: string): string {
  const newest = newestOf(readHistory(), name);
  return newest ? `Last measured ${measuredAt(newest).replaceAll("`", "")}.` : "Never measured yet.";
}

async function measured(bench: Bench): Promise<Run> {
  console.error(`${bench.name} ...`);
  const progress = (text: string) => console.error(`  ${text}`);
  const [code, date] = [codeNow(), `${new Date().toISOString().slice(0, 16)}Z`];
  const { world, host, disk } = await openBenchHost(bench.packages, progress);
  try {
    const machine = await machineOf(host);
    return { bench: bench.name, ...code, date, machine, figures: await bench.run(host, progress) };
  } finally {
    closeWorld(world);
    rmSync(disk, { force: true });
  }
}

/** After each bench, so that one that fails costs no figures of others. */
function keep(run: Run): void {
  const history = withRun(readHistory(), run);
  writeFileSync(resultsFile, printHistory(history));
  writeReport(history);
}

function writeReport(history: readonly Run[]): void {
  writeFileSync(join(import.meta.dirname, "RESULTS.md"), report(benches, history));
  const drawings = join(import.meta.dirname, "history");
  mkdirSync(drawings, { recursive: true });
  for (const { name, title } of benches) {
    const runs = runsOf(history, name);
    if (runs.length > 0) writeFileSync(join(drawings, `${name}.svg`), historyPlot(title, runs));
  }
}
