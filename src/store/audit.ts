import { hash } from "node:crypto";
import type { Resource, ResourceRef } from "../model/resource.ts";
import { type AuditRow, chunks, type Db } from "./tables.ts";

export interface Signature {
  readonly at: number;
  readonly actor: string;
  readonly cause: string;
}

export interface AuditEntry extends Signature {
  readonly id: number;
  readonly ref: ResourceRef;
  readonly before: unknown;
  readonly after: unknown;
  readonly tenant?: string;
}

/** As the audit log has it: the spec alone where nothing else is said. */
export function stated(resource: Resource | undefined): unknown {
  const { spec, placement, tenant } = resource ?? {};
  return placement || tenant !== undefined ? { spec, ...placement, ...(tenant !== undefined && { tenant }) } : spec;
}

/**
 * Adds entries to the chain. Returns their numbers, which count up with every change of the estate. The first of them is
 * `atLeast`.
 */
export async function appendAudit(
  db: Db,
  changes: readonly {
    readonly ref: ResourceRef;
    readonly before: unknown;
    readonly after: unknown;
    readonly tenant?: string | undefined;
    readonly signature: Signature;
  }[],
  atLeast = 0,
): Promise<Map<ResourceRef, number>> {
  const last = await lastEntry(db);
  let id = Math.max(last?.id ?? 0, atLeast - 1);
  let hash = last?.hash ?? "";
  const rows = changes.map(({ ref, before, after, tenant = null, signature }) => {
    const text = (value: unknown) => (value === undefined ? null : JSON.stringify(value));
    const row = { ...signature, id: ++id, ref, before: text(before), after: text(after) };
    hash = digest(hash, row);
    return { ...row, tenant, hash };
  });
  for (const part of chunks(rows)) await db.insertInto("audit").values(part).execute();
  return new Map(rows.map((row) => [row.ref, row.id]));
}

/** The last entry of the chain. */
export const lastEntry = (db: Db): Promise<{ id: number; hash: string } | undefined> =>
  db.selectFrom("audit").select(["id", "hash"]).orderBy("id", "desc").limit(1).executeTakeFirst();

/** Which entries are asked for; the newest first, unless it is said behind which. */
export interface AuditQuery {
  readonly ref?: ResourceRef | undefined;
  /** Older than this one. */
  readonly before?: number | undefined;
  /** Newer than this one, and the oldest of them first. */
  readonly after?: number | undefined;
  /** About what has been theirs, before or since. */
  readonly tenants?: readonly string[] | undefined;
}

export async function listAudit(
  db: Db,
  limit: number,
  { ref, before, after, tenants }: AuditQuery = {},
): Promise<AuditEntry[]> {
  let query = db
    .selectFrom("audit")
    .selectAll()
    .orderBy("id", after === undefined ? "desc" : "asc")
    .limit(limit);
  if (ref !== undefined) query = query.where("ref", "=", ref);
  if (before !== undefined) query = query.where("id", "<", before);
  if (after !== undefined) query = query.where("id", ">", after);
  if (tenants) query = query.where("tenant", "in", tenants.length > 0 ? tenants : [""]);
  const rows = await query.execute();
  return rows.map(({ hash: _, ref, before, after, tenant, ...row }) => ({
    ...row,
    ...(tenant !== null && { tenant }),
    ref: ref as ResourceRef,
    before: before === null ? undefined : JSON.parse(before),
    after: after === null ? undefined : JSON.parse(after),
  }));
}

/** Goes over the whole chain. `broken` is the first entry that does not fit its predecessor. */
export async function verifyAudit(db: Db): Promise<{ entries: number; head: string; broken?: number }> {
  let head = "";
  let entries = 0;
  for (let last = 0; ; ) {
    const rows = await db.selectFrom("audit").selectAll().where("id", ">", last).orderBy("id").limit(5000).execute();
    for (const row of rows) {
      // Numbers may be left out, see catch-up.ts; an entry that is missing is missing from the next one's digest.
      if (row.hash !== digest(head, row)) return { entries, head, broken: last + 1 };
      head = row.hash;
      last = row.id;
      entries++;
    }
    if (rows.length === 0) return { entries, head };
  }
}

const digest = (
  previous: string,
  { id, at, actor, cause, ref, before, after }: Omit<AuditRow, "hash" | "tenant">,
): string => hash("sha256", JSON.stringify([previous, id, at, actor, cause, ref, before, after]));
