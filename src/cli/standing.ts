import type { OwnProcesses } from "../host/own-processes.ts";
import type { ConditionState } from "../model/condition.ts";
import type { ExitCode, Terminal } from "./command.ts";

/** What `upkeep status` comes to: 3 where something that is stated, or a service of Upkeep's own, is not well. */
export const exitCodeOf = (
  counts: Readonly<Partial<Record<ConditionState, number>>>,
  { all, unknown }: OwnProcesses,
): ExitCode =>
  (counts.Failed ?? 0) + (counts.Quarantined ?? 0) > 0 ||
  unknown !== undefined ||
  all.some(({ trouble }) => trouble !== undefined)
    ? 3
    : 0;

/** For programs. */
export const processesShown = ({ all, unknown }: OwnProcesses): object => ({
  processes: all,
  ...(unknown !== undefined && { processesUnknown: unknown }),
});

/** Upkeep's own services: how many run, and why the others do not. */
export function printProcesses({ all, unknown }: OwnProcesses, { print, style }: Terminal): void {
  const title = style("bold", "Upkeep");
  if (unknown !== undefined) print(`${title}      its own services: ${style("red", unknown)}`);
  if (all.length === 0) return;
  const failing = all.filter(({ trouble }) => trouble !== undefined);
  const says =
    failing.length === 0 ? style("green", "are well") : style("red", `${failing.length} of ${all.length} not well`);
  print(`${title}      its own services ${says}`);
  for (const { name, trouble } of failing) print(`  ${style("red", name)} ${trouble!.replaceAll("\n", "\n  ")}`);
}
