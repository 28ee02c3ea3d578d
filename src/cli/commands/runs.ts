import { localHost } from "../../host/local.ts";
import { lookAtOwnProcesses } from "../../host/own-processes.ts";
import { UserError } from "../../model/problem.ts";
import { isOver, type RunRecord, type Wanted } from "../../model/run.ts";
import { reportOf } from "../../runbooks/report.ts";
import { answerTo } from "../../runbooks/runner.ts";
import type { Runs } from "../../store/runs.ts";
import type { ExitCode, Invocation, Run } from "../command.ts";
import { carryAlone, goesOnAlone, leaveAlone, watchRun } from "../run-alone.ts";
import { actor, carryOut, exitCodeOf, isCarriedOut, openJournal, runOf } from "../run-journal.ts";
import { adviceOf, printRun, runLine } from "../runs-view.ts";

type Action = (runs: Runs, run: RunRecord, invocation: Invocation) => ExitCode | Promise<ExitCode>;

export const run: Run = async (invocation) => {
  const [verb = "list", id] = invocation.positionals;
  const runs = openJournal();
  if (verb === "list") return list(runs, invocation);
  const action = actions[verb];
  if (!action)
    throw new UserError(
      `say \`upkeep runs list\`, ${Object.keys(actions)
        .filter((each) => each !== "carry")
        .join(", ")}, not "${verb}"`,
    );
  return action(runs, runOf(runs, id), invocation);
};

const actions: Readonly<Record<string, Action>> = {
  show: (_, run, { json, terminal }) => {
    if (json) terminal.print(JSON.stringify(run, undefined, 2));
    else printRun(run, terminal);
    return 0;
  },
  report: (runs, run, { json, terminal }) => {
    const entries = runs.entries(run.id);
    terminal.print(json ? JSON.stringify({ ...run, entries }, undefined, 2) : reportOf(run, entries).trimEnd());
    return 0;
  },
  watch,
  carry,
  continue: goOn,
  pause: stop("pause", "paused"),
  abort: stop("abort", "aborted"),
  undo,
};

async function list(runs: Runs, { json, terminal }: Invocation): Promise<ExitCode> {
  const all = runs.list(50);
  const troubles = await troublesOf(all);
  if (json)
    terminal.print(
      JSON.stringify(
        all.map((each) => ({ ...each, ...(troubles.has(each.id) && { processTrouble: troubles.get(each.id) }) })),
        undefined,
        2,
      ),
    );
  else if (all.length === 0) terminal.print("Nothing has been run yet. Try: upkeep run");
  else
    for (const each of [...all].reverse()) {
      terminal.print(runLine(each, terminal));
      if (troubles.has(each.id))
        terminal.print(`      ${terminal.style("red", `its process ${troubles.get(each.id)}`)}`);
    }
  return troubles.size > 0 ? 3 : 0;
}

/** Runs that are to go on by themselves, and whose process keeps ending. */
async function troublesOf(runs: readonly RunRecord[]): Promise<ReadonlyMap<number, string>> {
  if (runs.every(({ state }) => isOver(state))) return new Map();
  const { all } = await lookAtOwnProcesses(localHost, () => []);
  return new Map(
    runs.flatMap(({ id }) => {
      const trouble = all.find(({ name }) => name === `upkeep-run@${id}`)?.trouble;
      return trouble === undefined ? [] : [[id, trouble] as const];
    }),
  );
}

async function watch(runs: Runs, { id }: RunRecord, { terminal }: Invocation): Promise<ExitCode> {
  return tell(await watchRun(runs, id, terminal), terminal);
}

/** What a unit of systemd does, until the run is over or somebody has to decide. */
async function carry(runs: Runs, { id, state, wanted }: RunRecord, { terminal }: Invocation): Promise<ExitCode> {
  const isUnderWay = ["running", "waiting", "undoing"].includes(state) || wanted === "undo";
  const run = isUnderWay ? await carryOut(runs, id, terminal) : runs.find(id)!;
  if (isOver(run.state)) await leaveAlone(id);
  terminal.print(runLine(run, terminal));
  return 0;
}

/** Has it go on, here or by itself. */
async function further(runs: Runs, id: number, invocation: Invocation): Promise<ExitCode> {
  if (!(await goesOnAlone(runs.find(id)!)))
    return tell(await carryOut(runs, id, invocation.terminal), invocation.terminal);
  // Only what is under way is carried on.
  const { state, wanted } = runs.find(id)!;
  if (state !== "undoing" && wanted === undefined) runs.set(id, "running", localHost.clock.now());
  await carryAlone(id);
  return watch(runs, runs.find(id)!, invocation);
}

async function goOn(runs: Runs, run: RunRecord, invocation: Invocation): Promise<ExitCode> {
  const { id, state, awaits } = run;
  if (isOver(state)) throw new UserError(`run ${id} is ${state}; nothing of it goes on`);
  const asked =
    state === "waiting" &&
    awaits !== undefined &&
    awaits.for !== "time" &&
    run.steps.find((step) => step.state === "started");
  if (asked) {
    runs.say(id, localHost.clock.now(), `${actor()} says: go on`, asked.name);
    runs.remember(id, answerTo(asked.name), actor());
  }
  runs.want(id, undefined);
  if (await isCarriedOut(id)) return watch(runs, run, invocation);
  return further(runs, id, invocation);
}

async function undo(runs: Runs, { id, state }: RunRecord, invocation: Invocation): Promise<ExitCode> {
  if (state === "undone") throw new UserError(`run ${id} has been taken back already`);
  if (isOver(state)) {
    const taken = runs.reopen(id);
    if (taken) throw new UserError(`run ${taken.by} works on ${taken.taken} meanwhile, and is not over`);
  }
  runs.say(id, localHost.clock.now(), `${actor()} has it taken back`);
  runs.want(id, "undo");
  if (await isCarriedOut(id)) return watch(runs, runs.find(id)!, invocation);
  return further(runs, id, invocation);
}

function stop(wanted: Wanted, becomes: "paused" | "aborted"): Action {
  return async (runs, { id, state }, { terminal }): Promise<ExitCode> => {
    if (isOver(state)) throw new UserError(`run ${id} is ${state} already`);
    runs.say(id, localHost.clock.now(), `${actor()} has it ${becomes}`);
    if (await isCarriedOut(id)) {
      runs.want(id, wanted);
      terminal.print(`Run ${id} is told; it stops as soon as it can.`);
      return 0;
    }
    runs.set(id, becomes, localHost.clock.now());
    terminal.print(`Run ${id} is ${becomes}.`);
    return 0;
  };
}

function tell(run: RunRecord, terminal: Invocation["terminal"]): ExitCode {
  printRun(run, terminal);
  const advice = adviceOf(run);
  if (advice) terminal.remark(advice);
  return exitCodeOf(run);
}
