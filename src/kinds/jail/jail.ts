import { systemFile } from "../../daemons/system-items.ts";
import { watchNeed } from "../../daemons/watches.ts";
import { milliseconds } from "../../model/duration.ts";
import type { Facts } from "../../model/facts.ts";
import { jailDirectory, jailName } from "../../model/jail.ts";
import { kind, type Rendering, type SpecIssue } from "../../model/kind.ts";
import type { Resource } from "../../model/resource.ts";
import { readyJails } from "./ready.ts";
import { type JailSpec, jailSpec } from "./schema.ts";

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
  if (!spec.logs && !spec.journal && !ready)
    issues.push({ path: ["logs"], message: "say where to look: logs, or journal" });
  if (spec.logs && spec.journal) issues.push({ path: ["journal"], message: "say either logs or journal" });
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
    allow,
    everywhere,
    active,
  };
  return {
    items: [systemFile(`${jailDirectory}/${name}.json`, `${JSON.stringify(config, undefined, 2)}\n`)],
    needs: [watchNeed],
    probes: [],
  };
}

const banTimeOf = (name: string, { banTime }: JailSpec): string => banTime ?? readyJails[name]?.banTime ?? "10m";

function sourcesOf(
  name: string,
  { logs, journal }: JailSpec,
  { init, settings }: Facts,
): { readonly logs: readonly string[]; readonly journal: readonly string[] } {
  const ready = readyJails[name];
  if (journal) return { logs: [], journal };
  if (logs) return { logs, journal: [] };
  if (ready?.journal && init === "systemd") return { logs: [], journal: ready.journal };
  return { logs: ready!.logs.map((path) => path.replace(/^SITES/, settings.sites.directory)), journal: [] };
}
