import type { HostProgress } from "../control/following.ts";
import type { Settled } from "../model/report.ts";
import type { ExitCode, Invocation, Terminal } from "./command.ts";

/* How a change goes and ends on each host, whoever tells it. */

/** How it ended on one host. */
export interface OutcomeTold extends HostProgress {
  readonly troubles: readonly { readonly ref: string; readonly state: string; readonly message: string }[];
  readonly settled?: Settled;
}

/** For who does not want to follow it. */
export function printAccepted(
  accepted: { readonly hosts: readonly string[] },
  { json, terminal }: Invocation,
): ExitCode {
  if (json) terminal.print(JSON.stringify({ exitCode: 0, accepted }, undefined, 2));
  else terminal.print(`Accepted for ${accepted.hosts.join(", ")}. \`upkeep status\` tells what becomes of it.`);
  return 0;
}

/** `changed`: how much of it was news. What was so before and is so now is nothing to speak of. */
export const finish = (changed: number, outcomes: readonly OutcomeTold[], invocation: Invocation): ExitCode =>
  finishAll(changed > 0 ? outcomes : outcomes.filter(({ state }) => state !== "done"), invocation);

export function finishAll(outcomes: readonly OutcomeTold[], { json, terminal }: Invocation): ExitCode {
  terminal.progress(undefined);
  const failed = outcomes.filter(({ state }) => state === "failed" || state === "held");
  const exitCode = failed.length === 0 ? 0 : failed.length === outcomes.length ? 1 : 3;
  if (json) terminal.print(JSON.stringify({ exitCode, hosts: outcomes }, undefined, 2));
  else if (outcomes.length === 0) terminal.print("Nothing to change.");
  else for (const outcome of outcomes) terminal.print(describe(outcome, terminal));
  return exitCode;
}

/** A line for each host while there is room for that, else how many are how far. */
export function progressOf(all: readonly HostProgress[], { width }: Terminal): string {
  if (all.length <= 20)
    return all
      .map(({ host, state, detail }) => `${host}  ${state}${detail && `: ${detail}`}`.slice(0, width - 1))
      .join("\n");
  const counts = Object.entries(Object.groupBy(all, ({ state }) => state)).map(
    ([state, some]) => `${some!.length} ${state}`,
  );
  return counts.join(", ");
}

function describe({ host, state, detail, troubles, settled }: OutcomeTold, { style }: Terminal): string {
  const lines: string[] = [];
  const name = style("bold", host);
  for (const { path, keptAs, says } of settled?.kept ?? [])
    lines.push(`${style("yellow", "kept:")} ${path} ${says}; what stood there is in ${keptAs}`);
  const generation = settled?.generation === undefined ? "" : ` Generation ${settled.generation} is live.`;
  switch (state) {
    case "done":
      lines.push(`${name}  ${style("green", "Done.")}${generation}`);
      break;
    case "failed":
      lines.push(`${name}  ${style("red", "Failed.")}`);
      for (const trouble of troubles)
        lines.push(
          `  ${style("red", trouble.state.toLowerCase())}: ${trouble.ref}: ${trouble.message.replaceAll("\n", "\n    ")}`,
        );
      break;
    case "held":
      lines.push(`${name}  ${style("yellow", "Left as it was:")} ${detail.replaceAll("\n", "\n    ")}`);
      break;
    case "away":
      lines.push(`${name}  ${style("yellow", "Away:")} ${detail}`);
      break;
    default:
      lines.push(`${name}  ${state}: ${detail}`);
  }
  for (const { address } of settled?.addresses.slice(0, 20) ?? []) lines.push(`  ${style("cyan", address)}`);
  return lines.join("\n");
}
