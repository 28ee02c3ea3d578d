import { localHost } from "../../host/local.ts";
import { UserError } from "../../model/problem.ts";
import { runbookNamed, runbooks } from "../../runbooks/index.ts";
import type { Step } from "../../runbooks/runbook.ts";
import type { Invocation, Run } from "../command.ts";
import { canGoOnAlone, carryAlone, watchRun } from "../run-alone.ts";
import { actor, carryOut, exitCodeOf, openJournal } from "../run-journal.ts";
import { inputOf } from "../run-options.ts";
import { adviceOf } from "../runs-view.ts";

export const run: Run = async (invocation) => {
  const { positionals, options, json, terminal } = invocation;
  const [name] = positionals;
  const outline = name === undefined ? undefined : runbookNamed(name);
  if (!outline) {
    if (name !== undefined)
      throw new UserError(`there is no runbook ${name}; there are: ${runbooks.map((each) => each.name).join(", ")}`);
    for (const { name, summary } of runbooks) terminal.print(`${terminal.style("bold", name)}  ${summary}`);
    return 0;
  }
  const runbook = await outline.load();
  const input = inputOf(runbook, options);
  const around = { host: localHost };
  const scope = await runbook.prepare(input, around);
  const steps = runbook.steps(input, scope, around);
  if (options.plan === true) {
    await printPlan(steps, invocation);
    return 0;
  }
  const runs = openJournal();
  const begun = runs.begin({
    runbook: runbook.name,
    title: runbook.title(input),
    actor: actor(),
    input,
    scope,
    steps: steps.map((step) => step.name),
    locks: runbook.touches(input, scope),
    at: localHost.clock.now(),
  });
  if ("taken" in begun)
    throw new UserError(`run ${begun.by} works on ${begun.taken}, and is not over; \`upkeep runs show ${begun.by}\``);
  const isAlone = runbook.aloneAfter !== undefined && canGoOnAlone();
  let record = await carryOut(runs, begun.id, terminal, { leaveAfter: isAlone ? runbook.aloneAfter : undefined });
  if (isAlone && record.state === "running") {
    await carryAlone(begun.id);
    terminal.remark(`Run ${begun.id} goes on by itself now; \`upkeep runs watch ${begun.id}\` shows how far it is.`);
    record = await watchRun(runs, begun.id, terminal);
  }
  if (json) terminal.remark(JSON.stringify(record, undefined, 2));
  else {
    const figures = record.steps.flatMap(({ figures }) => figures);
    const said = figures.map(({ value, unit }) => `${value.toLocaleString("en")} ${unit}`).join(", ");
    terminal.remark(record.problem ?? `Run ${record.id} is ${record.state}${said ? `: ${said}` : ""}.`);
    const advice = adviceOf(record);
    if (advice) terminal.remark(advice);
  }
  return exitCodeOf(record);
};

async function printPlan(steps: readonly Step[], { json, terminal }: Invocation): Promise<void> {
  const plans = [];
  for (const step of steps) plans.push({ step: step.name, ...(await step.plan()) });
  if (json) {
    terminal.print(JSON.stringify(plans, undefined, 2));
    return;
  }
  if (plans.length === 0) terminal.print("There is nothing to do.");
  for (const [index, { step, does, visitors }] of plans.entries()) {
    terminal.print(
      `${terminal.style("bold", `${index + 1}. ${step}`)}${visitors === undefined ? "" : `  ${terminal.style("yellow", `visitors: ${visitors}`)}`}`,
    );
    for (const line of does) terminal.print(`   ${line}`);
  }
}
