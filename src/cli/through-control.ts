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
import type { ExitCode, Invocation } from "./command.ts";
import { editText } from "./edit-text.ts";
import { finish, finishAll, printAccepted, progressOf } from "./host-outcomes.ts";
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
  const { host } = invocation.options;
  if (typeof host === "string") {
    const body = { to: hostGeneration(given), command: invocation.typed };
    return followThrough(remote, `/v1/hosts/${encodeURIComponent(host)}/rollback`, body, invocation);
  }
  const to = given === undefined ? undefined : Number(given);
  if (to !== undefined && (!Number.isInteger(to) || to < 0))
    throw new UserError(`there is no change ${given}; \`upkeep history\` lists them (0 is before the first)`);
  const body = { ...(to !== undefined && { to }), command: invocation.typed };
  return followThrough(remote, "/v1/rollback", body, invocation);
}

/** Of a host it is not guessed which is meant: another change may come in between. */
export function hostGeneration(given: string | undefined): number {
  const to = Number(given ?? "none");
  if (!Number.isInteger(to) || to < 0)
    throw new UserError(
      "say to which generation of the host; `upkeep history` there lists them (0 is before the first)",
    );
  return to;
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
  if (invocation.options["no-wait"] === true && changed > 0) return printAccepted(accepted!, invocation);
  return finish(changed, outcomes, invocation);
}
