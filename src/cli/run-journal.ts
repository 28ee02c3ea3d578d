import { mkdirSync, writeFileSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { join } from "node:path";
import { askGuard } from "../agent/guard-door.ts";
import { stateDirectory } from "../agent/state.ts";
import { localHost } from "../host/local.ts";
import { tryLock } from "../host/lock.ts";
import { UserError } from "../model/problem.ts";
import { isOver, type RunRecord } from "../model/run.ts";
import { runbookNamed } from "../runbooks/index.ts";
import { reportOf } from "../runbooks/report.ts";
import { goOn } from "../runbooks/runner.ts";
import { openDatabase } from "../store/database.ts";
import { openRuns, type Runs } from "../store/runs.ts";
import type { ExitCode, Terminal } from "./command.ts";
import { progressLine } from "./runs-view.ts";

/** Where runs are remembered: root's for the machine, others' for themselves. */
export const runsDirectory = (): string =>
  process.getuid?.() === 0
    ? join(stateDirectory, "runs")
    : join(process.env.XDG_STATE_HOME ?? join(homedir(), ".local/state"), "upkeep/runs");

export function openJournal(): Runs {
  return openRuns(openDatabase(join(runsDirectory(), "runs.db")));
}

/** Who says it: the person, also behind sudo. */
export const actor = (): string => process.env.SUDO_USER ?? userInfo().username;

export function runOf(runs: Runs, text: string | undefined): RunRecord {
  const id = Number(text);
  const run = Number.isSafeInteger(id) ? runs.find(id) : undefined;
  if (!run) throw new UserError(`there is no run ${text ?? ""}; \`upkeep runs\` lists them`.replace("  ", " "));
  return run;
}

const lockOf = (id: number): string => join(runsDirectory(), `${id}.lock`);

/** Whether a process carries it out at this moment. */
export async function isCarriedOut(id: number): Promise<boolean> {
  const held = await tryLock(localHost, lockOf(id));
  await held?.release();
  return held === undefined;
}

/** Carries a run out from where it stands, for a person to see, and leaves its report. */
export async function carryOut(
  runs: Runs,
  id: number,
  terminal: Terminal,
  { leaveAfter }: { readonly leaveAfter?: string | undefined } = {},
): Promise<RunRecord> {
  mkdirSync(runsDirectory(), { recursive: true, mode: 0o700 });
  // Whoever only looks has it for a moment.
  let held: Awaited<ReturnType<typeof tryLock>>;
  for (let attempt = 0; !held && attempt < 10; attempt++) {
    if (attempt > 0) await localHost.clock.pause(100);
    held = await tryLock(localHost, lockOf(id));
  }
  if (!held) throw new UserError(`run ${id} is being carried out already; \`upkeep runs watch ${id}\` shows it`);
  try {
    const { runbook: name } = runs.find(id)!;
    const outline = runbookNamed(name);
    if (!outline) throw new UserError(`this version of Upkeep knows no runbook ${name}`);
    const began = Date.now();
    const runbook = await outline.load();
    const run = await goOn(id, {
      runs,
      runbook,
      // Of what is over in a moment somebody waits for the end anyway.
      ...(runbook.aloneAfter !== undefined && { tell }),
      around: { host: localHost },
      leaveAfter,
      show: (step, progress) => terminal.progress(progress && progressLine(step, progress, Date.now() - began)),
    });
    terminal.progress(undefined);
    if (isOver(run.state) || run.state === "failed") writeReport(runs, run);
    return run;
  } finally {
    await held.release();
  }
}

/** Those who are told of what happens on this machine, if anybody is. */
function tell(is: "run" | "run stopped", says: string): void {
  void askGuard(localHost, { is: "note", event: { is, says: says.slice(0, 1_000) } }).catch(() => {});
}

export const reportFile = (id: number): string => join(runsDirectory(), `run-${id}.md`);

function writeReport(runs: Runs, run: RunRecord): void {
  const entries = runs.entries(run.id);
  const mode = 0o600;
  writeFileSync(reportFile(run.id), reportOf(run, entries), { mode });
  writeFileSync(reportFile(run.id).replace(/md$/, "json"), `${JSON.stringify({ ...run, entries }, undefined, 2)}\n`, {
    mode,
  });
}

/** 0: it is where it should be; 1: it failed, or was taken back because of that; 3: it waits, or somebody stopped it. */
export const exitCodeOf = ({ state, problem }: RunRecord): ExitCode =>
  state === "failed" || problem !== undefined ? 1 : state === "done" || state === "undone" ? 0 : 3;
