import { systemFile } from "../../daemons/system-items.ts";
import { watchNeed } from "../../daemons/watches.ts";
import { parseNetwork } from "../../model/address.ts";
import { milliseconds } from "../../model/duration.ts";
import type { Facts } from "../../model/facts.ts";
import { type JailConfig, jailDirectory, jailName } from "../../model/jail.ts";
import { kind, type Rendering, type SpecIssue } from "../../model/kind.ts";
import type { Resource } from "../../model/resource.ts";
import { readyJails } from "./ready.ts";
import { refusalItems } from "./refuse.ts";
import { type JailSpec, jailSpec, syslogPlace } from "./schema.ts";

/** Whoever fails too often is kept out for some time. */
export const jailKind = kind<JailSpec>({
  name: "Jail",
  summary: "Bans whoever fails too often, as a log tells: at signing in, or by asking for what is not there.",
  scope: "operator",
  spec: jailSpec,
  normaliseName: (name) =>
    jailName.safeParse(name).success
      ? { name }
      : { problem: `${JSON.stringify(name)} is no name for a jail: use small letters, digits, dots and dashes` },
  check,
  asks: ({ spec: { logs = [] } }) => ({ files: logs.map((value, index) => ({ value, path: ["logs", index] })) }),
  claims: () => [],
  render,
});

function check({ name, spec }: Resource<JailSpec>): SpecIssue[] {
  const issues: SpecIssue[] = [];
  const ready = readyJails[name];
  const names = Object.keys(readyJails).join(", ");
  if (!spec.filter && !ready)
    issues.push({
      path: ["filter"],
      message: `say what to look for; only these jails know it by their names: ${names}`,
    });
  const sources = (["logs", "journal", "syslog"] as const).filter((source) => spec[source]);
  if (sources.length === 0 && !ready)
    issues.push({ path: ["logs"], message: "say where to look: logs, journal or syslog" });
  if (spec.refuse && spec.ports) issues.push({ path: ["ports"], message: "has no effect with refuse" });
  if (spec.refuse && name === "recidive")
    issues.push({ path: ["refuse"], message: "is for jails that read what happens on sites" });
  if (sources.length > 1) issues.push({ path: [sources[1]!], message: "say either logs or journal or syslog" });
  const banTime = banTimeOf(name, spec);
  if (milliseconds(spec.longest)! < milliseconds(banTime)!)
    issues.push({ path: ["longest"], message: `is shorter than banTime (${banTime})` });
  return issues;
}

function render({ name, spec }: Resource<JailSpec>, facts: Facts): Rendering {
  const ready = readyJails[name];
  const { filter = ready?.filter, growth, longest, allow, everywhere, active } = spec;
  const ports = spec.ports ?? ready?.ports ?? "all";
  const config = {
    name,
    filter,
    ...sourcesOf(name, spec, facts),
    maxRetry: spec.maxRetry ?? ready?.maxRetry ?? 5,
    findTime: milliseconds(spec.findTime ?? ready?.findTime ?? "10m"),
    banTime: milliseconds(banTimeOf(name, spec)),
    growth,
    longest: milliseconds(longest),
    ports: ports === "all" ? [] : ports,
    // Whoever bans a proxy bans everyone behind it.
    allow: [...allow.filter((each) => parseNetwork(each)), ...(spec.refuse?.trustedProxies ?? [])],
    allowNames: allow.filter((each) => !parseNetwork(each)),
    searchEngines: spec.searchEngines ?? ready?.searchEngines ?? false,
    everywhere,
    active,
    byServer: spec.refuse !== undefined,
  };
  const refusal = spec.refuse && refusalItems(name, spec.refuse, facts);
  return {
    items: [
      ...(refusal?.items ?? []),
      systemFile(`${jailDirectory}/${name}.json`, `${JSON.stringify(config, undefined, 2)}\n`),
    ],
    needs: [watchNeed, ...(refusal?.needs ?? [])],
    probes: [],
  };
}

const banTimeOf = (name: string, { banTime }: JailSpec): string => banTime ?? readyJails[name]?.banTime ?? "10m";

function sourcesOf(
  name: string,
  { logs, journal, syslog }: JailSpec,
  { init, settings }: Facts,
): Readonly<Pick<JailConfig, "syslog">> & { readonly logs: readonly string[]; readonly journal: readonly string[] } {
  const ready = readyJails[name];
  if (syslog !== undefined) return { logs: [], journal: [], syslog: syslogPlace(syslog)! };
  if (journal) return { logs: [], journal };
  if (logs) return { logs, journal: [] };
  if (ready?.journal && init === "systemd") return { logs: [], journal: ready.journal };
  return { logs: ready!.logs.map((path) => path.replace(/^SITES/, settings.sites.directory)), journal: [] };
}
