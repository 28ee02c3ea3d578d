import type { OwnProcess } from "../host/own-processes.ts";
import type { ConditionState } from "../model/condition.ts";
import type { ExitCode, Terminal } from "./command.ts";

/** What `upkeep status` comes to: 3 where something that is stated, or a service of Upkeep's own, is not well. */
export const exitCodeOf = (
  counts: Readonly<Partial<Record<ConditionState, number>>>,
  processes: readonly OwnProcess[],
): ExitCode =>
  (counts.Failed ?? 0) + (counts.Quarantined ?? 0) > 0 || processes.some(({ trouble }) => trouble !== undefined)
    ? 3
    : 0;

/** Upkeep's own services: how many run, and why the others do not. */
export function printProcesses(processes: readonly OwnProcess[], { print, style }: Terminal): void {
  if (processes.length === 0) return;
  const failing = processes.filter(({ trouble }) => trouble !== undefined);
  const says =
    failing.length === 0
      ? style("green", "are well")
      : style("red", `${failing.length} of ${processes.length} not well`);
  print(`${style("bold", "Upkeep")}      its own services ${says}`);
  for (const { name, trouble } of failing) print(`  ${style("red", name)} ${trouble!.replaceAll("\n", "\n  ")}`);
}
