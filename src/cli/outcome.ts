import type { Result, Watcher } from "../agent/apply.ts";
import type { ExitCode, Invocation } from "./command.ts";
import { planAsJson, printPlan } from "./print-plan.ts";

/** Shows an apply as it happens. */
export function watcherFor({ json, terminal }: Invocation): Watcher {
  const started = Date.now();
  return {
    report: ({ step, detail }) =>
      terminal.progress(`${((Date.now() - started) / 1000).toFixed(1)} s  ${step}: ${detail}`),
    planned: (draft) => {
      if (!json && draft.plan.changes.length > 0) terminal.print(printPlan(draft.plan, terminal));
    },
    waiting: (holder) => terminal.remark(`Waiting for ${holder} to finish ...`),
    recovered: (recoveries) => {
      for (const { generation, did } of recoveries)
        terminal.remark(`Generation ${generation} had been interrupted and has been ${did}.`);
    },
  };
}

/** Says how it ended, and gives the exit code that goes with it. */
export function finish({ draft, outcome }: Result, { json, terminal }: Invocation): ExitCode {
  const { refused } = draft.plan;
  const setAside = outcome.quarantined.size + refused.length;
  const exitCode = outcome.takenBack !== undefined ? 1 : setAside > 0 ? 3 : 0;
  terminal.progress(undefined);
  if (json) {
    const { quarantined, takenBack, conditions, generation, kept, addresses } = outcome;
    terminal.print(
      JSON.stringify(
        {
          exitCode,
          plan: planAsJson(draft.plan),
          generation,
          takenBack,
          quarantined: Object.fromEntries(quarantined),
          conditions,
          kept,
          addresses,
        },
        undefined,
        2,
      ),
    );
    return exitCode;
  }
  const { style, print } = terminal;
  for (const { path, keptAs, says } of outcome.kept)
    print(`${style("yellow", "kept:")} ${path} ${says}; what stood there is in ${keptAs}`);
  for (const [ref, message] of outcome.quarantined) {
    print(`${style("red", "quarantined:")} ${ref}: the server refuses it:\n  ${message.replaceAll("\n", "\n  ")}`);
  }
  if (draft.plan.changes.length === 0)
    for (const { ref, reason } of refused) print(`${style("red", "failed:")} ${ref}: ${reason}`);
  if (outcome.takenBack !== undefined) {
    print(
      `${style("red", "Taken back.")} The machine is as it was before. The reason:\n  ${outcome.takenBack.replaceAll("\n", "\n  ")}`,
    );
    return exitCode;
  }
  if (outcome.generation === undefined) print(setAside > 0 ? "Nothing was changed." : "Nothing to change.");
  else
    print(
      `${style("green", "Done.")} Generation ${outcome.generation} is live${setAside > 0 ? `; ${setAside} set aside` : ""}.`,
    );
  for (const { address } of outcome.addresses.slice(0, 20)) print(`  ${style("cyan", address)}`);
  if (outcome.addresses.length > 20) print(`  and ${outcome.addresses.length - 20} more`);
  return exitCode;
}
