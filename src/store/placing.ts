import { hash } from "node:crypto";
import { sql } from "kysely";
import type { Desired } from "../model/desired.ts";
import { defaultStrategy, groupOf, type Placeable, placesOf } from "../model/placement.ts";
import type { Resource, ResourceRef } from "../model/resource.ts";
import { groupsOf } from "../model/turns.ts";
import { version } from "../model/version.ts";
import type { Signature } from "./audit.ts";
import { builtPages, type Pages } from "./built-pages.ts";
import { chunks, type Db, type EstateTables, excluded } from "./tables.ts";

/** A resource whose record has changed, or whose hosts have. */
export interface ToPlace {
  readonly ref: ResourceRef;
  /** `undefined`: it is to go. */
  readonly resource: Resource | undefined;
  readonly revision: number;
  readonly sequence: number;
  /** Who changed it, and how they said it. */
  readonly signature: Signature;
  /** Hosts that get it although they have it. */
  readonly again?: ReadonlySet<string>;
}

/** The servers of the estate, or those of some names, in the order of their names. */
export async function placeableHosts(db: Db, names?: readonly string[]): Promise<Placeable[]> {
  let query = db.selectFrom("hosts").select(["name", "labels", "draining"]).orderBy("name");
  if (names) query = query.where("name", "in", names);
  const rows = await query.execute();
  return rows.map(({ name, labels, draining }) => ({ name, labels: JSON.parse(labels), draining: draining === 1 }));
}

/** What hosts get. */
export interface Placed {
  readonly atOnce: readonly EstateTables["placements"][];
  /** When their turn comes, because hosts that serve the same resources must not be busy at the same moment. */
  readonly later: readonly EstateTables["waiting"][];
}

/** Lets hosts have what has changed. */
export async function place(db: Db, changes: readonly ToPlace[]): Promise<void> {
  if (changes.length === 0) return;
  // Who names hosts knows that there are some.
  if (!namedHosts(changes) && !(await db.selectFrom("hosts").select("name").limit(1).executeTakeFirst())) return;
  await rememberGroups(db, changes);
  const { atOnce, later } = await placing(db, changes);
  await release(db, atOnce);
  await wait(db, later);
}

/** A record as it stands in its table, its secrets sealed. */
export const toRecord = ({ kind, name, ref, spec, revision, placement, tenant }: EstateTables["resources"]) => ({
  ref: ref as ResourceRef,
  resource: {
    kind,
    name,
    spec: JSON.parse(spec),
    ...(placement !== null && { placement: JSON.parse(placement) }),
    ...(tenant !== null && { tenant }),
  },
  revision,
});

/** Works out on which hosts changed resources should be, and writes nothing. */
export async function placing(db: Db, changes: readonly ToPlace[], given: Pages = {}): Promise<Placed> {
  const pages = { ...(await builtPages(db, digestsIn(changes))), ...given };
  const groups = await knownGroups(db);
  const hosts = await placeableHosts(db, groups.length === 0 ? namedHosts(changes) : undefined);
  const inGroups = groupsOf(hosts, groups);
  const former = await formerPlaces(db, changes);
  const atOnce: EstateTables["placements"][] = [];
  const later: EstateTables["waiting"][] = [];
  for (const { ref, resource, revision, sequence, again, signature } of changes) {
    const { at, actor, cause } = signature;
    const placement = resource?.placement ?? (hosts.length === 1 ? { host: hosts[0]!.name } : {});
    const names = resource ? placesOf(ref, placement, hosts, weigh) : [];
    const old = former.get(ref) ?? [];
    const entry = (body: Resource | undefined): string => {
      const desired: Desired = {
        ref,
        sequence,
        revision,
        resource: body
          ? { kind: body.kind, name: body.name, spec: body.spec, ...(body.tenant && { tenant: body.tenant }) }
          : null,
        cause: `${actor}: ${cause}`,
        writer: version,
        ...pagesOf(body, pages),
      };
      return JSON.stringify(desired);
    };
    const put = (host: string, body: Resource | undefined, group: string | null) => {
      const row = { ref, host, sequence, revision, desired: entry(body), group_key: group };
      const takesTurns = (inGroups.get(host)?.size ?? 0) > 0;
      const strategy = JSON.stringify(placement.strategy ?? defaultStrategy);
      if (takesTurns) later.push({ ...row, group_key: group ?? "", strategy, held: null });
      else atOnce.push({ ...row, gone: body ? 0 : 1, released_at: at });
    };
    // Who has it already as it is keeps it.
    const has = (host: string) =>
      !again?.has(host) && old.some((each) => each.host === host && each.revision === revision);
    for (const host of names) if (!has(host)) put(host, resource, groupOf(placement) ?? null);
    for (const { host, group_key: group } of old) if (!names.includes(host)) put(host, undefined, group);
  }
  return { atOnce, later };
}

/** The hosts that changes name, if every one of them names one. */
function namedHosts(changes: readonly ToPlace[]): string[] | undefined {
  const names = new Set<string>();
  for (const { resource } of changes) {
    if (!resource) continue;
    if (resource.placement?.host === undefined) return undefined;
    names.add(resource.placement.host);
  }
  return names.size > 0 && names.size < 500 ? [...names] : undefined;
}

const pageOf = (resource: Resource | undefined): string | undefined =>
  (resource?.spec as { pageDigest?: string } | undefined)?.pageDigest;

const digestsIn = (changes: readonly ToPlace[]): string[] => [
  ...new Set(changes.flatMap(({ resource }) => pageOf(resource) ?? [])),
];

function pagesOf(resource: Resource | undefined, pages: Pages): { readonly pages?: Pages } {
  const digest = pageOf(resource);
  const html = digest === undefined ? undefined : pages[digest];
  return digest !== undefined && html !== undefined ? { pages: { [digest]: html } } : {};
}

/** Hosts get these now: what they should have is what the bus will be given. */
export async function release(db: Db, rows: readonly EstateTables["placements"][]): Promise<void> {
  for (const part of chunks(rows)) {
    await db
      .insertInto("placements")
      .values(part)
      .onConflict((conflict) =>
        conflict
          .columns(["ref", "host"])
          .doUpdateSet(excluded("sequence", "revision", "desired", "gone", "group_key", "released_at")),
      )
      .execute();
    await db
      .insertInto("outbox")
      .values(part.map(({ host, ref, sequence }) => ({ host, ref, sequence })))
      .onConflict((conflict) => conflict.columns(["host", "ref"]).doUpdateSet(excluded("sequence")))
      .execute();
  }
}

async function wait(db: Db, rows: readonly EstateTables["waiting"][]): Promise<void> {
  for (const part of chunks(rows))
    await db
      .insertInto("waiting")
      .values(part)
      .onConflict((conflict) =>
        conflict
          .columns(["ref", "host"])
          .doUpdateSet({ ...excluded("sequence", "revision", "desired", "group_key", "strategy"), held: null }),
      )
      .execute();
}

/** Where each of these is, or is about to be, and as what. */
async function formerPlaces(db: Db, changes: readonly ToPlace[]) {
  const found = new Map<string, { host: string; revision: number; group_key: string | null }[]>();
  for (const part of chunks(changes.map(({ ref }) => ref))) {
    const rows = await db
      .selectFrom("waiting")
      .select([
        "ref",
        "host",
        "revision",
        sql<string | null>`group_key`.as("group_key"),
        sql<number>`0`.as("is_placed"),
      ])
      .where("ref", "in", part)
      .unionAll(
        db
          .selectFrom("placements")
          .select(["ref", "host", "revision", "group_key", sql<number>`1`.as("is_placed")])
          .where("ref", "in", part)
          .where("gone", "=", 0),
      )
      .orderBy("is_placed")
      .execute();
    for (const { ref, host, revision, group_key } of rows) {
      const places = found.get(ref) ?? [];
      if (!places.some((place) => place.host === host)) places.push({ host, revision, group_key });
      found.set(ref, places);
    }
  }
  return found;
}

async function rememberGroups(db: Db, changes: readonly ToPlace[]): Promise<void> {
  const groups = new Set(changes.flatMap(({ resource }) => groupOf(resource?.placement ?? {}) ?? []));
  for (const key of groups)
    await db
      .insertInto("groups")
      .values({ group_key: key })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
}

export async function knownGroups(db: Db): Promise<string[]> {
  return (await db.selectFrom("groups").select("group_key").orderBy("group_key").execute()).map((row) => row.group_key);
}

const weigh = (text: string): string => hash("sha256", text);
