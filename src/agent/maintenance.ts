import type { Ledger } from "../engine/ledger.ts";
import { tellAll } from "../engine/tell.ts";
import { setAlarm } from "../host/alarm.ts";
import { didYouMean } from "../kinds/did-you-mean.ts";
import { keysOf } from "../kinds/maintenance/layout.ts";
import { maintenanceKind } from "../kinds/maintenance/maintenance.ts";
import { type MaintenanceSpec, maintenanceSpec } from "../kinds/maintenance/schema.ts";
import { isOn, nextMove } from "../kinds/maintenance/window.ts";
import { hostName } from "../kinds/site/names.ts";
import { withoutDefaults } from "../kinds/spec.ts";
import type { MaintenanceLink } from "../model/facts.ts";
import { UserError } from "../model/problem.ts";
import { whereAndWhose } from "../model/resource.ts";
import type { Stored } from "../store/records.ts";
import { type Intention, targetOf } from "./changes.ts";
import { issuedLinks, issueLink, takeLinks } from "./maintenance-links.ts";
import type { Upkeep } from "./upkeep.ts";

/** One maintenance as it is: what its record says, and what follows from that now. */
export interface MaintenanceState {
  readonly name: string;
  readonly spec: Stated;
  readonly on: boolean;
  /** When it moves by itself, milliseconds since 1970. */
  readonly next: number | undefined;
  readonly links: readonly MaintenanceLink[];
}

/** A spec as it is stored: checked, without what is as it would be anyway. */
type Stated = Partial<Pick<MaintenanceSpec, "sites" | "server" | "active" | "from" | "until" | "message">>;

export async function maintenances({
  records,
  ledger,
  host,
}: Pick<Upkeep, "records" | "host"> & { readonly ledger?: Ledger }): Promise<MaintenanceState[]> {
  const now = host.clock.now();
  const links = (ledger ? issuedLinks(ledger) : []).filter(({ ends }) => ends > now);
  return (await records.list("Maintenance"))
    .map(({ name, spec }) => ({
      name,
      spec: spec as Stated,
      on: isOn(spec as Stated, now),
      next: nextMove(spec as Stated, now),
      links: links.filter(({ maintenance }) => maintenance === name),
    }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** What of a record a switch changes; `null` takes a field out. */
export type Adjustment = Readonly<
  Partial<Record<"active" | "from" | "until" | "message" | "secret", string | boolean | null>>
>;

/**
 * Adjusts maintenances by name. A name that is a site's and no maintenance's gets a maintenance of its own, if `make`
 * says so: from then on it is a switch like any other.
 */
export async function intendSwitch(
  upkeep: Pick<Upkeep, "records" | "host">,
  names: readonly string[],
  adjust: (spec: Readonly<Record<string, unknown>>, now: number) => Adjustment,
  { make }: { readonly make: boolean },
): Promise<Intention> {
  const { records, host } = upkeep;
  const now = host.clock.now();
  const all = await records.list("Maintenance");
  const wanted = [...new Set(names.map((name) => nameFor(normalised(name), all)))];
  const known = new Map(all.map((record) => [record.ref, record]));
  const sites = make ? await records.find(wanted.map((name) => `Site/${name}` as const)) : new Map<string, Stored>();
  const changes = [];
  for (const name of wanted) {
    const ref = `Maintenance/${name}` as const;
    const record = known.get(ref);
    // One of its own goes where its site is.
    const like = record ?? sites.get(`Site/${name}`);
    if (!record && !(make && sites.has(`Site/${name}`))) throw await unknown(upkeep, name);
    const before = (record?.spec ?? { sites: [name] }) as Record<string, unknown>;
    const after = Object.entries({ ...before, ...adjust(before, now) }).filter(([, value]) => value !== null);
    const spec = parse(name, Object.fromEntries(after));
    const compact = withoutDefaults(maintenanceKind, spec);
    const same = record !== undefined && JSON.stringify(record.spec) === JSON.stringify(compact);
    changes.push({
      write: {
        ref,
        resource: {
          kind: "Maintenance",
          name,
          spec: compact,
          ...whereAndWhose(like),
        },
        source: record?.source ?? "",
        claims: [],
      },
      target: {
        ref,
        resource: { kind: "Maintenance", name, spec, ...(like?.tenant !== undefined && { tenant: like.tenant }) },
        revision: same ? record.revision : (record?.revision ?? 0) + 1,
      },
    });
  }
  return { writes: changes.map(({ write }) => write), targets: changes.map(({ target }) => target) };
}

/** What someone means by a name: a maintenance, or the one that is about this site and no other. */
function nameFor(name: string, all: readonly Stored[]): string {
  if (all.some((record) => record.name === name)) return name;
  const own = all.filter(({ spec }) => {
    const { sites } = spec as Stated;
    return Array.isArray(sites) && sites.length === 1 && sites[0] === name;
  });
  return own.length === 1 ? own[0]!.name : name;
}

const normalised = (name: string): string => {
  const host = hostName(name);
  return "name" in host ? host.name : name;
};

function parse(name: string, spec: unknown): MaintenanceSpec {
  const result = maintenanceSpec.safeParse(spec);
  const issues = result.success
    ? maintenanceKind.check({ kind: "Maintenance", name, spec: result.data })
    : result.error.issues;
  if (result.success && issues.length === 0) return result.data;
  throw new UserError(
    issues.map(({ path, message }) => ({ message: `Maintenance/${name}: ${path.join(".")}: ${message}` })),
  );
}

async function unknown({ records }: Pick<Upkeep, "records">, name: string): Promise<UserError> {
  const all = await records.list("Maintenance");
  const around = all.filter(({ spec }) => isAbout((spec as Stated).sites, name)).map((record) => record.name);
  if (around.length > 0 && (await records.get(`Site/${name}`)))
    return new UserError(`no maintenance is about ${name} alone; it is one of those of ${around.join(", ")}`);
  const known = [...all, ...(await records.list("Site"))].map((each) => each.name);
  return new UserError(`there is no maintenance and no site called ${name}${didYouMean(name, known)}`);
}

/** Whether a site is among those that a spec names. */
export const isAbout = (sites: Stated["sites"], site: string): boolean =>
  sites === undefined ||
  sites === "all" ||
  sites.some((each) => each === site || (each.startsWith("*.") && site.endsWith(each.slice(1))));

/** All maintenances again: for when time has passed. */
export async function intendAll({ records }: Upkeep): Promise<Intention> {
  return { writes: [], targets: (await records.list("Maintenance")).map(targetOf) };
}

/** The maintenance that someone means. */
export async function maintenanceNamed(upkeep: Pick<Upkeep, "records">, name: string): Promise<Stored> {
  const all = await upkeep.records.list("Maintenance");
  const record = all.find((each) => each.name === nameFor(normalised(name), all));
  if (!record) throw await unknown(upkeep, name);
  return record;
}

/** Makes a link for each of a maintenance's sites, or for one of them; or takes those that another host has made. */
export async function makeLinks(
  upkeep: Upkeep,
  name: string,
  { site, links }: { readonly site?: string | undefined; readonly links?: readonly MaintenanceLink[] } = {},
): Promise<readonly MaintenanceLink[]> {
  const { ledger, host } = upkeep;
  const record = await maintenanceNamed(upkeep, name);
  const spec = targetOf(record).resource!.spec as MaintenanceSpec;
  if (!spec.secret)
    throw new UserError(
      `Maintenance/${record.name} lets nobody in by a link; switch that on with: upkeep maintenance on ${record.name} --secret`,
    );
  const sites = keysOf(spec).map(({ name: key, covers, host: domain }) => (covers === "below" ? `*.${domain}` : key));
  if (site !== undefined && !sites.includes(site))
    throw new UserError(`Maintenance/${record.name} is not about ${site}${didYouMean(site, sites)}`);
  const now = host.clock.now();
  if (links) {
    takeLinks(ledger, record.name, sites, links, now);
    return links;
  }
  const ends = now + spec.secret.hours * 3_600_000;
  return (site === undefined ? sites : [site]).map((each) => issueLink(ledger, record.name, each, ends, now));
}

/** After a boot: what is not on the disk is told to those who have forgotten it. */
export async function tellAgain({ host, ledger, records }: Upkeep): Promise<void> {
  for (const { ref } of await records.list("Maintenance")) await tellAll(host, ledger.applied(ref)?.known ?? []);
}

const alarm = "maintenance alarm";

/** Sets the alarm for when something next changes by itself: a window, or a link. `anew`: after a boot there is none. */
export async function arrangeAlarm(upkeep: Upkeep, { anew = false } = {}): Promise<void> {
  const all = await maintenances(upkeep);
  const moves = all.flatMap(({ next, links }) => [
    ...(next === undefined ? [] : [next]),
    ...links.map(({ ends }) => ends),
  ]);
  const next = moves.length === 0 ? undefined : Math.min(...moves);
  const former = Number(upkeep.ledger.decision(alarm) ?? 0) || undefined;
  if (!anew && former === next) return;
  await setAlarm(upkeep.host, former, next, [upkeep.look().program, "maintenance", "settle"]);
  upkeep.ledger.decide(alarm, String(next ?? 0));
}
