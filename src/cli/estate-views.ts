import type { Remote } from "../host/control-client.ts";
import { localHost } from "../host/local.ts";
import type { ConditionState } from "../model/condition.ts";
import { withThousands } from "../model/number.ts";
import type { AuditEntry } from "../store/audit.ts";
import type { FleetHost } from "../store/fleet-host.ts";
import type { Overview, Shown } from "../store/overview.ts";
import type { Stored } from "../store/records.ts";
import type { ExitCode, Invocation, Style, Terminal } from "./command.ts";
import { printWhole } from "./commands/get.ts";
import { limitOf, printAudit, printChanges, printVerdict } from "./commands/history.ts";
import { conditionColour } from "./conditions.ts";
import { lookUp } from "./look-up.ts";
import { remoteRecords } from "./remote-records.ts";
import { exitCodeOf, printProcesses, processesShown } from "./standing.ts";
import { ago } from "./time.ts";

/*
 * What the control plane knows, for people: resources on their hosts, the estate in one screen, its history.
 */

export type HostShown = FleetHost & { readonly present: boolean };

export async function getThrough(remote: Remote, invocation: Invocation): Promise<ExitCode> {
  const { positionals, terminal } = invocation;
  const [kind, name] = positionals;
  const found = await lookUp(remoteRecords(remote), kind, name);
  if (!printWhole(found, invocation)) printTable(found, await remote.get<Shown[]>("/v1/standings"), terminal);
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

/** How much of each list is printed, and how much programs get. */
const [most, mostForPrograms] = [20, 1_000];

export async function statusThrough(remote: Remote, { json, terminal }: Invocation): Promise<ExitCode> {
  const hosts = await remote.get<HostShown[]>("/v1/hosts");
  const overview = await remote.get<Overview>(`/v1/overview?most=${json ? mostForPrograms : most}`);
  const { resources, counts, troubles, pending, held } = overview;
  const conditions = Object.fromEntries(
    states.map((state) => [state, Object.values(counts).reduce((sum, here) => sum + (here[state] ?? 0), 0)] as const),
  );
  const { print, style } = terminal;
  const processes = await (await import("../host/own-processes.ts")).lookAtOwnProcesses(localHost, () => []);
  const isSilent = hosts.some(({ present, seenAt }) => seenAt !== undefined && !present);
  const exitCode = isSilent ? 3 : exitCodeOf(conditions, processes);
  if (json) {
    const shown = { hosts, resources, conditions, troubles, pending, held, ...processesShown(processes) };
    print(JSON.stringify(shown, undefined, 2));
    return exitCode;
  }
  const list = states
    .filter((state) => conditions[state])
    .map((state) => style(conditionColour[state], `${conditions[state]} ${state.toLowerCase()}`));
  print(`${style("bold", "Resources")}  ${resources}${list.length > 0 ? `  ${list.join("  ")}` : ""}`);
  printHosts(hosts, overview, terminal);
  printProcesses(processes, terminal);
  for (const host of hosts) {
    const skew = clockSkew(host);
    if (skew !== undefined) print(`\n${style("yellow", "Clock")} ${host.name}: ${skew}`);
  }
  for (const { ref, host, state, message } of troubles)
    print(`\n${style(conditionColour[state], state)} ${ref} on ${host}\n  ${message.replaceAll("\n", "\n  ")}`);
  const inTrouble = conditions.Failed! + conditions.Quarantined! + conditions.Drifted!;
  if (inTrouble > troubles.length) print(`\nand ${inTrouble - troubles.length} more`);
  for (const { ref, host, message } of held)
    print(`\n${style("yellow", "Held back")} ${ref} on ${host}\n  ${message.replaceAll("\n", "\n  ")}`);
  return exitCode;
}

/** The hosts as a table; with how many resources are in which state on each. */
export function printHosts(hosts: readonly HostShown[], { counts }: Overview, { print, style }: Terminal): void {
  const rows = hosts.map((host) => {
    const { name, state, labels, draining } = host;
    const here = states.flatMap((each) => {
      const number = counts[name]?.[each];
      return number ? [`${number} ${each.toLowerCase()}`] : [];
    });
    const marks = [...Object.entries(labels).map((pair) => pair.join("=")), ...(draining ? ["(draining)"] : [])];
    const says = state && [state.version, state.os, String(state.sequence), String(state.generation)];
    return [name, seenText(host), ...(says ?? ["", "", "", ""]), here.join(", "), marks.join(" ")];
  });
  const titles = ["HOST", "SEEN", "UPKEEP", "SYSTEM", "REVISION", "GENERATION", "RESOURCES", "LABELS"];
  const widths = titles.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)) + 2);
  const padded = (row: readonly string[]) => row.map((text, column) => text.padEnd(widths[column]!));
  print(style("bold", padded(titles).join("").trimEnd()));
  rows.forEach((row, index) => {
    const { present, seenAt } = hosts[index]!;
    const [name, seen, ...rest] = padded(row);
    const colour: Style = present && seenAt !== undefined ? "green" : "red";
    print(`${name}${style(colour, seen!)}${rest.join("")}`.trimEnd());
  });
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
    line("revision", String(state.sequence));
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
  return `its clock is ${withThousands(Math.round(Math.abs(difference) / 1000))} s ${difference > 0 ? "ahead" : "behind"}`;
}

export async function historyThrough(remote: Remote, { options, json, terminal }: Invocation): Promise<ExitCode> {
  const limit = limitOf(options);
  if (options.verify) {
    return printVerdict(await remote.get("/v1/audit/verify"), json, terminal);
  }
  if (options.audit) {
    printAudit(await remote.get<AuditEntry[]>(`/v1/audit?limit=${limit}`), json, terminal);
    return 0;
  }
  printChanges(await remote.get(`/v1/changes?limit=${limit}`), json, terminal);
  return 0;
}
