import { sql } from "kysely";
import type { Placement } from "../model/placement.ts";
import type { ResourceRef } from "../model/resource.ts";
import { chunks, type Db } from "./tables.ts";

/** By what a list is ordered; with a minus, the other way round. */
export const orders = ["name", "-name", "changed", "-changed"] as const;

/** What of the records is asked for. */
export interface ListQuery {
  readonly kind?: string | undefined;
  /** Part of a name. */
  readonly search?: string | undefined;
  /** Of these; `undefined`: all, and those of nobody. */
  readonly tenants?: readonly string[] | undefined;
  /** So placed, or on this host. */
  readonly host?: string | undefined;
  readonly state?: string | undefined;
  readonly order: (typeof orders)[number];
  /** Behind this one. */
  readonly after?: Position | undefined;
  readonly limit: number;
}

/** Where a page ends. */
export interface Position {
  readonly value: string | number;
  readonly ref: string;
}

/** A record without what is in it. */
export interface Listed {
  readonly ref: ResourceRef;
  readonly kind: string;
  readonly name: string;
  readonly tenant?: string;
  readonly revision: number;
  readonly placement?: Placement;
  readonly changedAt: number;
}

/** One page of the records; one more than asked for tells that there is another page. */
export async function listResources(db: Db, query: ListQuery): Promise<Listed[]> {
  const { kind, search, tenants, host, state, order, after, limit } = query;
  const direction = order.startsWith("-") ? "desc" : "asc";
  const column = order.endsWith("name") ? "ref" : "changed_at";
  let rows = db
    .selectFrom("resources")
    .select(["ref", "kind", "name", "tenant", "revision", "placement", "changed_at"])
    .orderBy(column, direction)
    .limit(limit);
  if (column !== "ref") rows = rows.orderBy("ref", direction);
  // By the beginning of their ref they are found without looking at others.
  if (kind !== undefined) rows = rows.where("ref", ">", `${kind}/`).where("ref", "<", `${kind}0`);
  if (tenants) rows = rows.where("tenant", "in", tenants.length > 0 ? tenants : [""]);
  if (search !== undefined) rows = rows.where("name", "like", sql<string>`${`%${escaped(search)}%`} escape '\\'`);
  if (host !== undefined)
    rows = rows.where("ref", "in", (of) =>
      of
        .selectFrom("placements")
        .select("ref")
        .where("host", "=", host)
        .where("gone", "=", 0)
        .union(of.selectFrom("waiting").select("ref").where("host", "=", host)),
    );
  if (state !== undefined) rows = rows.where("ref", "in", inState(db, state));
  if (after) {
    const beyond = direction === "asc" ? ">" : "<";
    rows =
      column === "ref"
        ? rows.where("ref", beyond, after.ref)
        : rows.where((where) =>
            where.or([
              where("changed_at", beyond, Number(after.value)),
              where.and([where("changed_at", "=", Number(after.value)), where("ref", beyond, after.ref)]),
            ]),
          );
  }
  return (await rows.execute()).map((row) => ({
    ref: row.ref as ResourceRef,
    kind: row.kind,
    name: row.name,
    ...(row.tenant !== null && { tenant: row.tenant }),
    revision: row.revision,
    ...(row.placement !== null && { placement: JSON.parse(row.placement) }),
    changedAt: row.changed_at,
  }));
}

/** When these were changed last. Milliseconds since 1970. */
export async function changedAt(db: Db, refs: readonly ResourceRef[]): Promise<Map<ResourceRef, number>> {
  const found = new Map<ResourceRef, number>();
  for (const part of chunks(refs))
    for (const { ref, changed_at } of await db
      .selectFrom("resources")
      .select(["ref", "changed_at"])
      .where("ref", "in", part)
      .execute())
      found.set(ref as ResourceRef, changed_at);
  return found;
}

/** Those that are so on any host. */
function inState(db: Db, state: string) {
  const placed = db
    .selectFrom("placements")
    .leftJoin("conditions", (join) =>
      join.onRef("conditions.ref", "=", "placements.ref").onRef("conditions.host", "=", "placements.host"),
    )
    .select("placements.ref");
  if (state !== "Pending")
    return placed.where("conditions.state", "=", state).whereRef("conditions.sequence", "=", "placements.sequence");
  return placed
    .where((where) =>
      where.or([
        where("conditions.sequence", "is", null),
        where("conditions.sequence", "<", where.ref("placements.sequence")),
      ]),
    )
    .union(db.selectFrom("waiting").select("ref"));
}

const escaped = (text: string): string => text.replace(/[\\%_]/g, (character) => `\\${character}`);
