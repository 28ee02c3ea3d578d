import { join } from "node:path";
import { installation } from "../host/installation.ts";
import { localHost } from "../host/local.ts";
import { keepService } from "../host/own-service.ts";
import { hasSystemd } from "../host/services.ts";
import { isOver, type RunRecord } from "../model/run.ts";
import { runService } from "../model/units.ts";
import { runbookNamed } from "../runbooks/index.ts";
import { answerTo } from "../runbooks/runner.ts";
import type { Runs } from "../store/runs.ts";
import type { Terminal } from "./command.ts";
import { isCarriedOut } from "./run-journal.ts";
import { progressLine } from "./runs-view.ts";

/*
 * Runs that take days are carried on by a unit of systemd of their own, now and after each boot, until they are over.
 */

const unitOf = (id: number): string => `upkeep-run@${id}.service`;

/** Root's, where there is a systemd. */
export const canGoOnAlone = (): boolean => process.getuid?.() === 0 && hasSystemd(localHost);

/** Whether a run has come so far that it goes on by itself. */
export async function goesOnAlone({ runbook, steps }: RunRecord): Promise<boolean> {
  const after = (await runbookNamed(runbook)?.load())?.aloneAfter;
  return canGoOnAlone() && steps.some(({ name, state }) => name === after && (state === "done" || state === "found"));
}

export async function carryAlone(id: number): Promise<void> {
  await keepService(localHost, { "upkeep-run@.service": runService(join(installation, "upkeep")) }, [unitOf(id)]);
}

/** It is over: nothing of it is there at the next boot. */
export async function leaveAlone(id: number): Promise<void> {
  await localHost.processes.run(["systemctl", "--quiet", "disable", unitOf(id)]);
}

/** Milliseconds that whoever carries it out may take to start. */
const patience = 10_000;

/** Shows how far a run is that somebody else carries out, until it stops, or waits for longer than one wants to look. */
export async function watchRun(runs: Runs, id: number, terminal: Terminal): Promise<RunRecord> {
  const end = localHost.clock.now() + patience;
  for (let isBegun = false; ; ) {
    const run = runs.find(id)!;
    const isCarried = await isCarriedOut(id);
    isBegun ||= isCarried || localHost.clock.now() > end;
    const asking = run.steps.find(({ state }) => state === "started");
    const isAnswered = asking !== undefined && runs.recall(id, answerTo(asking.name)) !== undefined;
    if ((isOver(run.state) && run.wanted === undefined) || (isBegun && !isCarried) || (waitsLong(run) && !isAnswered)) {
      terminal.progress(undefined);
      return runs.find(id)!;
    }
    const step = run.steps.find(({ state }) => state === "started" || state === "undoing");
    const elapsed = localHost.clock.now() - (step?.startedAt ?? 0);
    terminal.progress(
      step?.progress ? progressLine(step.name, step.progress, elapsed) : `${step?.name ?? ""}  ${run.state}`,
    );
    await localHost.clock.pause(500);
  }
}

const waitsLong = ({ state, awaits, wanted }: RunRecord): boolean =>
  state === "waiting" &&
  wanted === undefined &&
  awaits !== undefined &&
  (awaits.for !== "time" || awaits.until > localHost.clock.now() + 60_000);
