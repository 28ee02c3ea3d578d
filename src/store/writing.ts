import { sql } from "kysely";
import { UserError } from "../model/problem.ts";
import { type Resource, type ResourceRef, saysTheSame } from "../model/resource.ts";
import { appendAudit, type Signature, stated } from "./audit.ts";
import type { Dialect } from "./dialect.ts";
import { place } from "./placing.ts";
import type { Stored } from "./records.ts";
import { chunks, type Db, excluded } from "./tables.ts";

/** A resource to be written, or with `resource: undefined` to be removed. */
export interface Write {
  readonly ref: ResourceRef;
  readonly resource: Resource | undefined;
  readonly source: string;
  readonly claims: readonly string[];
  /** Fields of its spec that are kept encrypted. */
  readonly secrets?: readonly string[];
  /** The revision that whoever wants this has seen, 0 if there was none; what others did since is not overwritten. */
  readonly seen?: number;
}

/** What someone wants written: all of it, or nothing. */
export interface Order {
  readonly writes: readonly Write[];
  readonly signature: Signature;
}

/** The new revision of each resource that has changed. */
export type Written = Map<ResourceRef, number>;

/** Someone else has changed meanwhile what was to be changed. */
export class Overtaken extends UserError {}

/** What records are like where they are kept. */
export interface Keeping {
  find(refs: readonly ResourceRef[]): Promise<Map<ResourceRef, Stored>>;
  claimants(claims: readonly string[]): Promise<Map<string, ResourceRef>>;
  sealed<T extends Resource>(record: T, fields: readonly string[]): T;
}

/** Most writes of several orders in one transaction. */
const most = 500;

/** The first order, and those behind it that can go with it because they have nothing to do with it or each other. */
export function goingTogether<T extends Order>(waiting: readonly T[]): T[] {
  const touched = new Set<string>();
  const chosen: T[] = [];
  let count = 0;
  for (const order of waiting) {
    const touches = order.writes.flatMap(({ ref, claims }) => [ref, ...claims]);
    const fits = count + order.writes.length <= most && !touches.some((one) => touched.has(one));
    if (chosen.length > 0 && !fits) break;
    for (const one of touches) touched.add(one);
    count += order.writes.length;
    chosen.push(order);
  }
  return chosen;
}

/**
 * Writes orders that {@link goingTogether}, with an audit entry for each change and what hosts get of it. Within a
 * transaction in which nobody else writes. Returns what came of each.
 */
export async function writeOrders(
  db: Db,
  dialect: Dialect,
  keeping: Keeping,
  all: readonly Order[],
): Promise<(Written | Overtaken)[]> {
  const before = await keeping.find(all.flatMap(({ writes }) => writes.map(({ ref }) => ref)));
  const owners = await keeping.claimants(all.flatMap(({ writes }) => writes.flatMap(({ claims }) => claims)));
  const refusals = await Promise.all(all.map((order) => refusalOf(db, order, before, owners)));
  const orders = all.filter((_, index) => !refusals[index]);
  const writes = orders.flatMap((order) => order.writes);
  const kept = new Map(
    writes.flatMap(({ ref, resource, secrets = [] }) => (resource ? [[ref, keeping.sealed(resource, secrets)]] : [])),
  );
  const changes = orders.flatMap(({ writes, signature }) =>
    writes.flatMap((write) => {
      const { ref, resource } = write;
      const old = before.get(ref);
      const isNews = resource ? !old || !saysTheSame(old, resource) : old !== undefined;
      return isNews ? [{ ...write, signature, old, revision: (old?.revision ?? 0) + 1 }] : [];
    }),
  );
  const revisions = new Map(changes.map(({ ref, revision }) => [ref, revision]));
  const gone = writes.filter(({ ref, resource }) => !resource && before.has(ref)).map(({ ref }) => ref);
  for (const refs of chunks(gone)) await db.deleteFrom("resources").where("ref", "in", refs).execute();
  const claims = writes.flatMap(({ ref, resource, claims }) =>
    resource ? claims.map((claim) => ({ claim, ref })) : [],
  );
  const known = writes.flatMap(({ ref }) => (before.has(ref) ? [{ ref }] : []));
  if (known.length > 0) await dropClaims(db, dialect, known, claims);
  const rows = orders.flatMap(({ writes, signature }) =>
    writes.flatMap(({ ref, resource, source }) =>
      resource
        ? [
            {
              kind: resource.kind,
              name: resource.name,
              ref,
              revision: revisions.get(ref) ?? before.get(ref)!.revision,
              spec: JSON.stringify(kept.get(ref)!.spec),
              placement: resource.placement ? JSON.stringify(resource.placement) : null,
              tenant: resource.tenant ?? null,
              source,
              changed_at: signature.at,
            },
          ]
        : [],
    ),
  );
  for (const part of chunks(rows))
    await db
      .insertInto("resources")
      .values(part)
      .onConflict((conflict) =>
        conflict.column("ref").doUpdateSet(excluded("revision", "spec", "placement", "tenant", "source", "changed_at")),
      )
      .execute();
  // Most changes leave claims as they are.
  for (const part of chunks(claims.filter(({ claim, ref }) => owners.get(claim) !== ref)))
    await db.insertInto("claims").values(part).execute();
  const numbers = await appendAudit(
    db,
    changes.map(({ ref, old, resource, secrets = [], signature }) => ({
      ref,
      tenant: resource?.tenant ?? old?.tenant,
      before: stated(old && keeping.sealed(old, secrets)),
      after: stated(kept.get(ref)),
      signature,
    })),
  );
  await place(
    db,
    changes.map(({ ref, revision, signature }) => ({
      ref,
      resource: kept.get(ref),
      revision,
      sequence: numbers.get(ref)!,
      signature,
    })),
  );
  return all.map(
    ({ writes }, index) =>
      refusals[index] ?? new Map(writes.flatMap(({ ref }) => (revisions.has(ref) ? [[ref, revisions.get(ref)!]] : []))),
  );
}

/** Takes claims away from these that they do not state any longer. */
async function dropClaims(
  db: Db,
  { elements }: Dialect,
  of: readonly { readonly ref: ResourceRef }[],
  stated: readonly { readonly claim: string; readonly ref: ResourceRef }[],
): Promise<void> {
  await db
    .deleteFrom("claims")
    .where("ref", "in", sql<string>`(select value ->> 'ref' from ${elements(of)})`)
    .where(sql<boolean>`(claim, ref) not in (select value ->> 'claim', value ->> 'ref' from ${elements(stated)})`)
    .execute();
}

/** Two people changed one thing: the first has, the second is told. */
async function refusalOf(
  db: Db,
  { writes }: Order,
  before: ReadonlyMap<ResourceRef, Stored>,
  owners: ReadonlyMap<string, ResourceRef>,
): Promise<Overtaken | undefined> {
  const refs = new Set(writes.map(({ ref }) => ref));
  const taken = writes.flatMap(({ ref, claims }) =>
    claims.flatMap((claim) => {
      const owner = owners.get(claim);
      return owner && !refs.has(owner)
        ? [{ message: `${ref}: ${claim} belongs to ${owner} since a moment ago`, about: { ref, claim, path: [] } }]
        : [];
    }),
  );
  const overtaken = writes.filter(({ ref, seen }) => seen !== undefined && seen !== (before.get(ref)?.revision ?? 0));
  const problems = await Promise.all(overtaken.map(({ ref }) => overtakenBy(db, ref)));
  return taken.length + problems.length > 0 ? new Overtaken([...taken, ...problems]) : undefined;
}

async function overtakenBy(db: Db, ref: ResourceRef): Promise<{ message: string }> {
  const last = await db
    .selectFrom("audit")
    .select(["actor", "cause"])
    .where("ref", "=", ref)
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  return {
    message: `${ref} has been changed meanwhile by ${last?.actor ?? "someone"} (${last?.cause ?? "unknown"}); look at it and do it again`,
  };
}
