import type { Wanted } from "../agent/changes.ts";
import { withPlaces } from "../agent/changes.ts";
import type { HostPlan } from "../control/control.ts";
import type { HostOutcome, HostProgress } from "../control/following.ts";
import type { Remote } from "../host/control-client.ts";
import { kindNamed } from "../kinds/index.ts";
import { withoutDefaults } from "../kinds/spec.ts";
import { defaultSettings } from "../model/settings.ts";
import type { ExitCode, Invocation, Terminal } from "./command.ts";
import { loadResources } from "./load.ts";
import { planAsJson, printPlan } from "./print-plan.ts";

/*
 * Commands on a machine where the control plane runs: the same words, carried out by it on every host.
 */

interface Intention {
  readonly statements: readonly unknown[];
  readonly prune: readonly string[];
  readonly command: string;
}

/** What the paths state; what a host's own policy says to it is told by that host. */
function intentionOf(invocation: Invocation): { readonly wanted: readonly Wanted[]; readonly intention: Intention } {
  const { positionals, options, typed } = invocation;
  const { wanted, from } =
    positionals.length > 0 ? loadResources(positionals, defaultSettings) : { wanted: [], from: [] };
  return { wanted, intention: { statements: wanted.map(toSend), prune: options.prune ? from : [], command: typed } };
}

export const toSend = ({ declared: { resource }, from }: Wanted) => ({
  resource: { ...resource, spec: withoutDefaults(kindNamed(resource.kind)!, resource.spec) },
  from,
});

export async function planThrough(remote: Remote, invocation: Invocation): Promise<ExitCode> {
  const { wanted, intention } = intentionOf(invocation);
  const plans = await remote.post<HostPlan[]>("/v1/plan", intention).catch((error: unknown) => {
    throw withPlaces(error, wanted);
  });
  showPlans(plans, invocation);
  return plans.some(({ plan, problem }) => problem ?? (plan!.changes.length > 0 || plan!.refused.length > 0)) ? 2 : 0;
}

function showPlans(plans: readonly HostPlan[], { json, terminal }: Invocation): void {
  const { print, style } = terminal;
  if (json) {
    const shown = plans.map(({ host, plan, problem }) => ({ host, problem, plan: plan && planAsJson(plan) }));
    print(JSON.stringify(shown, undefined, 2));
    return;
  }
  if (plans.length === 0) print("Nothing to change.");
  for (const { host, plan, problem } of plans) {
    print(style("bold", `${host}:`));
    print(
      plan ? printPlan(plan, terminal) : `${style("yellow", "no plan:")} ${problem}; it takes this when it comes back`,
    );
  }
}

export async function applyThrough(remote: Remote, invocation: Invocation): Promise<ExitCode> {
  const { wanted, intention } = intentionOf(invocation);
  if (!invocation.json && wanted.length > 0) {
    const plans = await remote.post<HostPlan[]>("/v1/plan", intention).catch((error: unknown) => {
      throw withPlaces(error, wanted);
    });
    if (plans.some(({ plan, problem }) => problem ?? plan!.changes.length > 0)) showPlans(plans, invocation);
  }
  return followThrough(remote, "/v1/apply", intention, invocation).catch((error: unknown) => {
    throw withPlaces(error, wanted);
  });
}

type Line =
  | { readonly accepted: { readonly hosts: readonly string[] } }
  | { readonly progress: HostProgress }
  | { readonly outcomes: readonly HostOutcome[] };

/** Sends a change and follows it on every host until it has ended there. */
export async function followThrough(
  remote: Remote,
  path: string,
  body: unknown,
  invocation: Invocation,
): Promise<ExitCode> {
  const { json, terminal } = invocation;
  const states = new Map<string, HostProgress>();
  let outcomes: readonly HostOutcome[] = [];
  for await (const line of remote.follow<Line>(path, body)) {
    if ("outcomes" in line) outcomes = line.outcomes;
    if (!("progress" in line)) continue;
    states.set(line.progress.host, line.progress);
    terminal.progress(progressOf([...states.values()], terminal));
  }
  terminal.progress(undefined);
  const failed = outcomes.filter(({ state }) => state === "failed" || state === "held");
  const exitCode = failed.length === 0 ? 0 : failed.length === outcomes.length ? 1 : 3;
  if (json) terminal.print(JSON.stringify({ exitCode, hosts: outcomes }, undefined, 2));
  else if (outcomes.length === 0) terminal.print("Nothing to change.");
  else for (const outcome of outcomes) terminal.print(describe(outcome, terminal));
  return exitCode;
}

/** A line for each host while there is room for that, else how many are how far. */
function progressOf(all: readonly HostProgress[], { width }: Terminal): string {
  if (all.length <= 20)
    return all
      .map(({ host, state, detail }) => `${host}  ${state}${detail && `: ${detail}`}`.slice(0, width - 1))
      .join("\n");
  const counts = Object.entries(Object.groupBy(all, ({ state }) => state)).map(
    ([state, some]) => `${some!.length} ${state}`,
  );
  return counts.join(", ");
}

function describe({ host, state, detail, troubles, settled }: HostOutcome, { style }: Terminal): string {
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
