import type { Wanted } from "../agent/changes.ts";
import { withPlaces } from "../agent/changes.ts";
import { embedPages } from "../agent/pages.ts";
import type { HostPlan } from "../control/asking.ts";
import type { Accepted } from "../control/control.ts";
import type { HostOutcome, HostProgress } from "../control/following.ts";
import type { Remote } from "../host/control-client.ts";
import { localHost } from "../host/local.ts";
import { kindNamed } from "../kinds/index.ts";
import { withoutDefaults } from "../kinds/spec.ts";
import { UserError } from "../model/problem.ts";
import { defaultSettings } from "../model/settings.ts";
import type { ExitCode, Invocation, Terminal } from "./command.ts";
import { editText } from "./edit-text.ts";
import { loadResources } from "./load.ts";
import { lookUpOne, lookUpRefs } from "./look-up.ts";
import { planAsJson, printPlan } from "./print-plan.ts";
import { remoteRecords } from "./remote-records.ts";

/*
 * Commands on a machine where the control plane runs: the same words, carried out by it on every host.
 */

/** What is sent to state something. */
interface Declaration {
  readonly statements: readonly unknown[];
  readonly prune: readonly string[];
  readonly pages: Readonly<Record<string, string>>;
  readonly command: string;
}

/** What the paths state; what a host's own policy says to it is told by that host. */
async function declarationOf(
  invocation: Invocation,
): Promise<{ readonly wanted: readonly Wanted[]; readonly declaration: Declaration }> {
  const { positionals, options, typed } = invocation;
  const { wanted, from } =
    positionals.length > 0 ? loadResources(positionals, defaultSettings) : { wanted: [], from: [] };
  const pages = new Map<string, string>();
  const whole = await embedPages({ host: localHost, pages }, wanted);
  const prune = options.prune ? from : [];
  return {
    wanted: whole,
    declaration: { statements: whole.map(toSend), prune, pages: Object.fromEntries(pages), command: typed },
  };
}

export const toSend = ({ declared: { resource }, from }: Wanted) => ({
  resource: { ...resource, spec: withoutDefaults(kindNamed(resource.kind)!, resource.spec) },
  from,
});

export async function planThrough(remote: Remote, invocation: Invocation): Promise<ExitCode> {
  const { wanted, declaration } = await declarationOf(invocation);
  const plans = await remote.post<HostPlan[]>("/v1/plan", declaration).catch((error: unknown) => {
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
  if (invocation.options.wait && invocation.options["no-wait"]) throw new UserError("say either --wait or --no-wait");
  if (invocation.positionals.length === 0) return restoreThrough(remote, invocation);
  const { wanted, declaration } = await declarationOf(invocation);
  if (!invocation.json) {
    const plans = await remote.post<HostPlan[]>("/v1/plan", declaration).catch((error: unknown) => {
      throw withPlaces(error, wanted);
    });
    if (plans.some(({ plan, problem }) => problem ?? plan!.changes.length > 0)) showPlans(plans, invocation);
  }
  const body = { ...declaration, wait: invocation.options["no-wait"] !== true };
  return followThrough(remote, "/v1/apply", body, invocation).catch((error: unknown) => {
    throw withPlaces(error, wanted);
  });
}

/** Everything that is pending or was changed by hand is put right, on one host after the other. */
async function restoreThrough(remote: Remote, invocation: Invocation): Promise<ExitCode> {
  invocation.terminal.progress("every host puts right what is not as it should be");
  return finishAll(await remote.post<HostOutcome[]>("/v1/restore", {}), invocation);
}

export async function deleteThrough(remote: Remote, invocation: Invocation): Promise<ExitCode> {
  const [kind, ...names] = invocation.positionals;
  const refs = await lookUpRefs(remoteRecords(remote), kind!, names);
  return followThrough(remote, "/v1/delete", { refs, command: invocation.typed }, invocation);
}

export async function editThrough(remote: Remote, invocation: Invocation): Promise<ExitCode> {
  const [kind, name] = [invocation.positionals[0]!, invocation.positionals[1]!];
  const record = await lookUpOne(remoteRecords(remote), kind, name);
  const edited = editText(record, defaultSettings);
  if (!edited) {
    invocation.terminal.print("Nothing was changed.");
    return 0;
  }
  // What someone else has done since is not overwritten.
  const pages = new Map<string, string>();
  const [whole] = await embedPages({ host: localHost, pages }, [edited]);
  const statements = [{ ...toSend(whole!), seen: record.revision }];
  const body: Declaration = { statements, prune: [], pages: Object.fromEntries(pages), command: invocation.typed };
  return followThrough(remote, "/v1/apply", body, invocation).catch((error: unknown) => {
    throw withPlaces(error, [edited]);
  });
}

export async function rollbackThrough(remote: Remote, invocation: Invocation): Promise<ExitCode> {
  const [given] = invocation.positionals;
  const to = given === undefined ? undefined : Number(given);
  if (to !== undefined && (!Number.isInteger(to) || to < 0))
    throw new UserError(`there is no change ${given}; \`upkeep history\` lists them (0 is before the first)`);
  const body = { ...(to !== undefined && { to }), command: invocation.typed };
  return followThrough(remote, "/v1/rollback", body, invocation);
}

type Line =
  | { readonly accepted: Accepted }
  | { readonly progress: HostProgress }
  | { readonly outcomes: readonly HostOutcome[] };

/** Sends a change and follows it on every host until it has ended there. */
export async function followThrough(
  remote: Remote,
  path: string,
  body: unknown,
  invocation: Invocation,
): Promise<ExitCode> {
  const { terminal } = invocation;
  const states = new Map<string, HostProgress>();
  let outcomes: readonly HostOutcome[] = [];
  let changed = 0;
  let accepted: Accepted | undefined;
  for await (const line of remote.follow<Line>(path, body)) {
    if ("accepted" in line) ({ accepted } = line);
    changed = accepted?.changed ?? 0;
    if ("outcomes" in line) outcomes = line.outcomes;
    if (!("progress" in line)) continue;
    states.set(line.progress.host, line.progress);
    terminal.progress(progressOf([...states.values()], terminal));
  }
  if (invocation.options["no-wait"] === true && changed > 0) {
    if (invocation.json) terminal.print(JSON.stringify({ exitCode: 0, accepted }, undefined, 2));
    else terminal.print(`Accepted for ${accepted!.hosts.join(", ")}. \`upkeep status\` tells what becomes of it.`);
    return 0;
  }
  // What was so before and is so now is nothing to speak of.
  return finishAll(changed > 0 ? outcomes : outcomes.filter(({ state }) => state !== "done"), invocation);
}

function finishAll(outcomes: readonly HostOutcome[], { json, terminal }: Invocation): ExitCode {
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
