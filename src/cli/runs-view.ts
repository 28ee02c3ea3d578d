import { withThousands } from "../model/number.ts";
import type { Awaited, Progress, RunRecord, RunState, StepRecord, StepState } from "../model/run.ts";
import { lengthOf } from "../runbooks/report.ts";
import type { Style, Terminal } from "./command.ts";
import { ago, localTime } from "./time.ts";

const stateColours: Readonly<Record<RunState, Style>> = {
  running: "cyan",
  waiting: "yellow",
  paused: "yellow",
  failed: "red",
  undoing: "yellow",
  done: "green",
  undone: "green",
  aborted: "yellow",
};

const signs: Readonly<Record<StepState, readonly [string, Style]>> = {
  open: [" ", "dim"],
  started: [">", "cyan"],
  done: ["✓", "green"],
  found: ["=", "green"],
  failed: ["✗", "red"],
  undoing: ["<", "yellow"],
  undone: ["↩", "yellow"],
};

/** `write  120,000 of 1,000,000 rows, 8 s more  orders`. */
export function progressLine(step: string, { done, of, unit, says }: Progress, elapsed: number): string {
  const rest =
    of !== undefined && done > 0 && elapsed > 1_000 ? `, ${lengthOf((elapsed / done) * (of - done))} more` : "";
  const all = of === undefined ? "" : ` of ${withThousands(of)}`;
  return `${step}  ${withThousands(done)}${all} ${unit}${rest}${says === undefined ? "" : `  ${says}`}`;
}

export const awaitedWords = (awaits: Awaited): string =>
  awaits.for === "time"
    ? `until ${localTime(awaits.until)}`
    : awaits.for === "person"
      ? `for you: ${awaits.says}`
      : awaits.says;

export function runLine(
  { id, runbook, title, state, startedAt, awaits, problem }: RunRecord,
  { style }: Terminal,
): string {
  const more = problem ?? (state === "waiting" && awaits ? `waits ${awaitedWords(awaits)}` : "");
  return `${style("bold", String(id).padStart(4))}  ${style(stateColours[state], state.padEnd(8))}  ${ago(startedAt).padEnd(10)}  ${runbook}: ${title}${more ? `\n      ${style("dim", more)}` : ""}`;
}

/** A run whole: each step, what came of it, and what it waits for. */
export function printRun(run: RunRecord, { print, style }: Terminal): void {
  print(`${style("bold", `${run.runbook} ${run.id}`)}  ${style(stateColours[run.state], run.state)}  ${run.title}`);
  const width = Math.max(...run.steps.map(({ name }) => name.length));
  for (const step of run.steps) print(stepLine(step, width, style));
  if (run.state === "waiting" && run.awaits) print(`Waits ${awaitedWords(run.awaits)}`);
  if (run.problem !== undefined) print(style("red", run.problem));
}

function stepLine(
  { name, state, startedAt, endedAt, figures, progress, problem }: StepRecord,
  width: number,
  style: Terminal["style"],
): string {
  const [sign, colour] = signs[state];
  const took = startedAt !== undefined && endedAt !== undefined ? lengthOf(endedAt - startedAt) : "";
  const more = [
    took,
    ...figures.map((figure) => `${withThousands(figure.value)} ${figure.unit}`),
    ...(state === "started" && progress ? [progressLine("", progress, 0).trim()] : []),
    ...(problem === undefined ? [] : [problem]),
  ].filter(Boolean);
  return `  ${style(colour, sign)} ${name.padEnd(width)}  ${style("dim", more.join(", "))}`;
}

/** What can be done about a run that has stopped. */
export function adviceOf({ id, state, awaits }: RunRecord): string | undefined {
  if (state === "failed" || state === "paused")
    return `\`upkeep runs continue ${id}\` goes on, \`upkeep runs undo ${id}\` takes it back, \`upkeep runs report ${id}\` tells all.`;
  if (state === "waiting" && awaits?.for === "person") return `\`upkeep runs continue ${id}\` when you have.`;
  return undefined;
}
