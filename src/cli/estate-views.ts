import type { EstateChange } from "../control/changes.ts";
import type { Remote } from "../host/control-client.ts";
import { didYouMean } from "../kinds/did-you-mean.ts";
import { kindNamed, kinds } from "../kinds/index.ts";
import type { ConditionState } from "../model/condition.ts";
import { UserError } from "../model/problem.ts";
import type { ResourceRef } from "../model/resource.ts";
import type { FleetHost } from "../store/fleet.ts";
import type { Stored } from "../store/records.ts";
import type { Standing } from "../store/standings.ts";
import type { ExitCode, Invocation, Style, Terminal } from "./command.ts";
import { normalised, plain, toYaml } from "./commands/get.ts";
import { conditionColour } from "./conditions.ts";
import { ago } from "./time.ts";

/*
 * What the control plane knows, for people: resources on their hosts, the estate in one screen, its history.
 */

export type HostShown = FleetHost & { readonly present: boolean };

/** How a resource stands on a host, in a word and a sentence. */
export interface Shown {
  readonly ref: ResourceRef;
  readonly host: string;
  readonly state: ConditionState;
  readonly message: string;
}

interface Standings {
  readonly standings: readonly Standing[];
  readonly waiting: readonly { readonly ref: ResourceRef; readonly host: string; readonly held?: string }[];
}

/** One line for each resource and host; what waits says for what. */
export async function shownStandings(remote: Remote): Promise<Shown[]> {
  const { standings, waiting } = await remote.get<Standings>("/v1/standings");
  const later = new Map(waiting.map((each) => [`${each.ref} ${each.host}`, each]));
  const shown = standings.map(({ ref, host, sequence, gone, condition }): Shown => {
    const next = later.get(`${ref} ${host}`);
    later.delete(`${ref} ${host}`);
    if (next) return { ref, host, state: "Pending", message: next.held ?? "waits for its turn" };
    if (!condition || condition.sequence < sequence)
      return { ref, host, state: "Pending", message: gone ? "is to go" : "accepted, not yet live" };
    return { ref, host, state: condition.state, message: condition.message };
  });
  const fresh = [...later.values()].map(
    ({ ref, host, held }): Shown => ({ ref, host, state: "Pending", message: held ?? "waits for its turn" }),
  );
  return [...shown, ...fresh].sort((one, other) => (`${one.ref} ${one.host}` < `${other.ref} ${other.host}` ? -1 : 1));
}

export async function getThrough(remote: Remote, invocation: Invocation): Promise<ExitCode> {
  const { positionals, options, json, terminal } = invocation;
  const [kind, name] = positionals;
  if (kind && !kindNamed(kind)) {
    const names = kinds.map((each) => each.name);
    throw new UserError(`there is no kind "${kind}"${didYouMean(kind, names) || `; there is: ${names.join(", ")}`}`);
  }
  const all = await remote.get<Stored[]>(`/v1/resources${kind ? `?kind=${kind}` : ""}`);
  const wanted = name === undefined ? undefined : normalised(kind!, name);
  const found = wanted === undefined ? all : all.filter((each) => each.name === wanted);
  if (wanted !== undefined && found.length === 0) {
    const names = all.map((each) => each.name);
    throw new UserError(`there is no ${kind}/${wanted}${didYouMean(wanted, names)}`);
  }
  const format = json ? "json" : (options.output ?? (name === undefined ? "table" : "yaml"));
  if (format === "json") terminal.print(JSON.stringify(found.map(plain), undefined, 2));
  else if (format === "yaml") terminal.print(found.map(toYaml).join("---\n").trimEnd());
  else printTable(found, await shownStandings(remote), terminal);
  return 0;
}

function printTable(resources: readonly Stored[], shown: readonly Shown[], { print, style }: Terminal): void {
  if (resources.length === 0) {
    print("Nothing is stated yet. Try: upkeep apply examples/first-site.yaml");
    return;
  }
  const places = Map.groupBy(shown, ({ ref }) => ref);
  const width = Math.max(8, ...resources.map(({ ref }) => ref.length)) + 2;
  const hostWidth = Math.max(4, ...shown.map(({ host }) => host.length)) + 2;
  print(style("bold", `${"RESOURCE".padEnd(width)}${"HOST".padEnd(hostWidth)}CONDITION`));
  for (const { ref } of resources) {
    const on = places.get(ref) ?? [];
    if (on.length === 0) print(`${ref.padEnd(width)}${"-".padEnd(hostWidth)}${style("yellow", "on no host")}`);
    for (const { host, state, message } of on)
      print(
        `${ref.padEnd(width)}${host.padEnd(hostWidth)}${style(conditionColour[state], state.padEnd(13))}${style("dim", message.split("\n")[0] ?? "")}`,
      );
  }
}

const states: readonly ConditionState[] = ["Applied", "Pending", "Failed", "Quarantined", "Drifted"];

/** Troubles printed at most; the rest is counted. */
const most = 20;

export async function statusThrough(remote: Remote, { json, terminal }: Invocation): Promise<ExitCode> {
  const [hosts, shown] = [await remote.get<HostShown[]>("/v1/hosts"), await shownStandings(remote)];
  const counts = Object.fromEntries(
    states.map((state) => [state, shown.filter((each) => each.state === state).length] as const),
  );
  const troubles = shown.filter(({ state }) => state !== "Applied" && state !== "Pending");
  const pending = shown.filter(({ state }) => state === "Pending");
  if (json) {
    terminal.print(JSON.stringify({ hosts, conditions: counts, troubles, pending }, undefined, 2));
    return 0;
  }
  const { print, style } = terminal;
  const resources = new Set(shown.map(({ ref }) => ref)).size;
  const list = states
    .filter((state) => counts[state])
    .map((state) => style(conditionColour[state], `${counts[state]} ${state.toLowerCase()}`));
  print(`${style("bold", "Resources")}  ${resources}${list.length > 0 ? `  ${list.join("  ")}` : ""}`);
  printHosts(hosts, shown, terminal);
  for (const host of hosts) {
    const skew = clockSkew(host);
    if (skew !== undefined) print(`\n${style("yellow", "Clock")} ${host.name}: ${skew}`);
  }
  for (const { ref, host, state, message } of troubles.slice(0, most))
    print(`\n${style(conditionColour[state], state)} ${ref} on ${host}\n  ${message.replaceAll("\n", "\n  ")}`);
  if (troubles.length > most) print(`\nand ${troubles.length - most} more`);
  const held = pending.filter(
    ({ message }) => message !== "waits for its turn" && message !== "accepted, not yet live" && message !== "is to go",
  );
  for (const { ref, host, message } of held.slice(0, most))
    print(`\n${style("yellow", "Held back")} ${ref} on ${host}\n  ${message.replaceAll("\n", "\n  ")}`);
  return 0;
}

/** The hosts as a table; with what is not as it should be on each. */
export function printHosts(hosts: readonly HostShown[], shown: readonly Shown[], { print, style }: Terminal): void {
  const width = Math.max(6, ...hosts.map(({ name }) => name.length)) + 2;
  const onHost = Map.groupBy(shown, ({ host }) => host);
  print(
    style(
      "bold",
      `${"HOST".padEnd(width)}${"SEEN".padEnd(12)}${"UPKEEP".padEnd(9)}${"SYSTEM".padEnd(14)}${"GENERATION".padEnd(12)}${"RESOURCES".padEnd(28)}LABELS`,
    ),
  );
  for (const host of hosts) {
    const { name, present, seenAt, state, labels, draining } = host;
    const seen = seenText(host);
    const all = Object.entries(labels).map((pair) => pair.join("="));
    const here = onHost.get(name) ?? [];
    const parts = states.flatMap((each) => {
      const number = here.filter((one) => one.state === each).length;
      return number > 0 ? [`${number} ${each.toLowerCase()}`] : [];
    });
    const colour: Style = present && seenAt !== undefined ? "green" : "red";
    print(
      `${name.padEnd(width)}${style(colour, seen.padEnd(12))}${(state?.version ?? "").padEnd(9)}${(state?.os ?? "").padEnd(14)}${String(state?.generation ?? "").padEnd(12)}${parts.join(", ").padEnd(28)}${[...all, ...(draining ? ["(draining)"] : [])].join(" ")}`.trimEnd(),
    );
  }
}

/** One host, and everything on it. */
export function printHost(host: HostShown, shown: readonly Shown[], { print, style }: Terminal): void {
  const { name, labels, draining, state } = host;
  const line = (what: string, text: string) => print(`  ${style("dim", what.padEnd(12))}${text}`);
  const all = Object.entries(labels).map((pair) => pair.join("="));
  print(style("bold", name));
  line("labels", [...all, ...(draining ? ["(draining)"] : [])].join(" ") || "none");
  line("seen", seenText(host));
  if (state) {
    line("upkeep", `${state.version} on ${state.os}`);
    line("generation", String(state.generation));
  }
  const skew = clockSkew(host);
  if (skew !== undefined) line("clock", style("yellow", skew));
  for (const { ref, state: condition, message } of shown)
    print(
      `  ${style(conditionColour[condition], condition.padEnd(12))}${ref}${style("dim", `  ${message.split("\n")[0]}`)}`,
    );
}

const seenText = ({ present, seenAt, publicKey }: HostShown): string =>
  seenAt === undefined ? (publicKey ? "never" : "not joined") : present ? "now" : ago(seenAt);

/** Milliseconds by which a host's clock may differ from the control plane's before that is worth a word. */
const tolerance = 5_000;

/** Certificates and windows of maintenance go by a host's own clock. */
function clockSkew({ state, seenAt }: HostShown): string | undefined {
  if (!state || seenAt === undefined) return undefined;
  const difference = state.clock - seenAt;
  if (Math.abs(difference) <= tolerance) return undefined;
  return `its clock is ${Math.round(Math.abs(difference) / 1000).toLocaleString("en")} s ${difference > 0 ? "ahead" : "behind"}`;
}

export async function historyThrough(remote: Remote, { options, json, terminal }: Invocation): Promise<ExitCode> {
  const { print, style } = terminal;
  const limit = options.limit === undefined ? 20 : Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1) throw new UserError("--limit takes a whole number from 1");
  if (options.verify) {
    const { entries, broken } = await remote.get<{ entries: number; broken?: number }>("/v1/audit/verify");
    if (json) print(JSON.stringify({ entries, isWhole: broken === undefined, broken }));
    else if (broken === undefined) print(`${style("green", "The audit log is whole:")} ${entries} entries.`);
    else print(`${style("red", "The audit log has been altered")} at entry ${broken}.`);
    return broken === undefined ? 0 : 1;
  }
  const changes = await remote.get<EstateChange[]>(`/v1/changes?limit=${limit}`);
  if (json) print(JSON.stringify(changes, undefined, 2));
  else if (changes.length === 0) print("Nothing has been stated yet.");
  for (const { number, at, actor, cause, refs } of json ? [] : changes) {
    const time = new Date(at).toISOString().slice(0, 19).replace("T", " ");
    const about = refs.length > 3 ? `${refs.slice(0, 3).join(", ")} and ${refs.length - 3} more` : refs.join(", ");
    print(`${String(number).padStart(5)}  ${time}  ${actor}: ${cause}\n${style("dim", `       ${about}`)}`);
  }
  return 0;
}
