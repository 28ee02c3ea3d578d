import { hash } from "node:crypto";
import type { Kysely } from "kysely";
import type { Resource, ResourceRef } from "../model/resource.ts";

/*
 * The estate's records, through Kysely: the same queries serve SQLite and PostgreSQL.
 */

export interface EstateTables {
  resources: {
    kind: string;
    name: string;
    ref: string;
    revision: number;
    spec: string;
    source: string;
    changed_at: number;
  };
  claims: { claim: string; ref: string };
  audit: AuditRow;
}

interface AuditRow {
  id: number;
  at: number;
  actor: string;
  cause: string;
  ref: string;
  before: string | null;
  after: string | null;
  /** Digest over this row and the one before: whoever alters a row breaks the chain from there on. */
  hash: string;
}

export interface Stored extends Resource {
  readonly ref: ResourceRef;
  /** Counts up with every change of the spec. */
  readonly revision: number;
  /** The path given to `apply`, for `--prune`. */
  readonly source: string;
}

/** A resource to be written, or with `resource: undefined` to be removed. */
export interface Write {
  readonly ref: ResourceRef;
  readonly resource: Resource | undefined;
  readonly source: string;
  readonly claims: readonly string[];
}

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
}

/** Rows in one statement; SQLite takes 32,766 values at most. */
const chunk = 500;

const chunks = <T>(list: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(list.length / chunk) }, (_, index) => list.slice(index * chunk, (index + 1) * chunk));

export class Estate {
  readonly #db: Kysely<EstateTables>;

  constructor(db: Kysely<EstateTables>) {
    this.#db = db;
  }

  async get(ref: ResourceRef): Promise<Stored | undefined> {
    const row = await this.#db.selectFrom("resources").selectAll().where("ref", "=", ref).executeTakeFirst();
    return row && toStored(row);
  }

  async find(refs: readonly ResourceRef[]): Promise<Map<ResourceRef, Stored>> {
    const found = new Map<ResourceRef, Stored>();
    for (const part of chunks(refs)) {
      const rows = await this.#db.selectFrom("resources").selectAll().where("ref", "in", part).execute();
      for (const row of rows) found.set(row.ref as ResourceRef, toStored(row));
    }
    return found;
  }

  async list(kind?: string): Promise<Stored[]> {
    let query = this.#db.selectFrom("resources").selectAll().orderBy("ref");
    if (kind) query = query.where("kind", "=", kind);
    return (await query.execute()).map(toStored);
  }

  /** Name and revision of everything; cheap enough for ten thousand. */
  async revisions(): Promise<{ ref: ResourceRef; revision: number }[]> {
    const rows = await this.#db.selectFrom("resources").select(["ref", "revision"]).execute();
    return rows as { ref: ResourceRef; revision: number }[];
  }

  /** What earlier applies of these paths declared. */
  async declaredBy(sources: readonly string[]): Promise<ResourceRef[]> {
    if (sources.length === 0) return [];
    const rows = await this.#db
      .selectFrom("resources")
      .select("ref")
      .where("source", "in", sources)
      .orderBy("ref")
      .execute();
    return rows.map(({ ref }) => ref as ResourceRef);
  }

  /** Which of these are claimed, and by whom. */
  async claimants(claims: readonly string[]): Promise<Map<string, ResourceRef>> {
    const found = new Map<string, ResourceRef>();
    for (const part of chunks(claims)) {
      const rows = await this.#db.selectFrom("claims").selectAll().where("claim", "in", part).execute();
      for (const { claim, ref } of rows) found.set(claim, ref as ResourceRef);
    }
    return found;
  }

  /** Writes all or nothing, with an audit entry for each. Returns what changed, with its new revision. */
  async write(writes: readonly Write[], signature: Signature): Promise<Map<ResourceRef, number>> {
    return this.#db.transaction().execute(async (db) => {
      const before = await new Estate(db).find(writes.map(({ ref }) => ref));
      const changed = writes.filter(({ ref, resource }) => {
        const old = before.get(ref);
        return resource ? !old || JSON.stringify(old.spec) !== JSON.stringify(resource.spec) : old !== undefined;
      });
      const revisions = new Map(changed.map(({ ref }) => [ref, (before.get(ref)?.revision ?? 0) + 1]));
      for (const refs of chunks([...before.keys()])) {
        await db.deleteFrom("resources").where("ref", "in", refs).execute();
        await db.deleteFrom("claims").where("ref", "in", refs).execute();
      }
      for (const part of chunks(writes)) {
        const rows = part.flatMap(({ ref, resource, source }) =>
          resource
            ? [
                {
                  kind: resource.kind,
                  name: resource.name,
                  ref,
                  revision: revisions.get(ref) ?? before.get(ref)!.revision,
                  spec: JSON.stringify(resource.spec),
                  source,
                  changed_at: signature.at,
                },
              ]
            : [],
        );
        if (rows.length > 0) await db.insertInto("resources").values(rows).execute();
      }
      for (const part of chunks(
        writes.flatMap(({ ref, resource, claims }) => (resource ? claims.map((claim) => ({ claim, ref })) : [])),
      )) {
        await db.insertInto("claims").values(part).execute();
      }
      await appendAudit(
        db,
        changed.map(({ ref, resource }) => ({ ref, before: before.get(ref)?.spec, after: resource?.spec })),
        signature,
      );
      return revisions;
    });
  }

  async audit(limit: number): Promise<AuditEntry[]> {
    const rows = await this.#db.selectFrom("audit").selectAll().orderBy("id", "desc").limit(limit).execute();
    return rows.map(({ hash: _, ref, before, after, ...row }) => ({
      ...row,
      ref: ref as ResourceRef,
      before: before === null ? undefined : JSON.parse(before),
      after: after === null ? undefined : JSON.parse(after),
    }));
  }

  /** The last entry of the chain. */
  async auditHead(): Promise<{ id: number; hash: string } | undefined> {
    return this.#db.selectFrom("audit").select(["id", "hash"]).orderBy("id", "desc").limit(1).executeTakeFirst();
  }

  async auditHash(id: number): Promise<string | undefined> {
    return (await this.#db.selectFrom("audit").select("hash").where("id", "=", id).executeTakeFirst())?.hash;
  }

  /** Goes over the whole chain. `broken` is the first entry that does not fit its predecessor. */
  async verifyAudit(): Promise<{ entries: number; head: string; broken?: number }> {
    let head = "";
    let entries = 0;
    for (let last = 0; ; ) {
      const rows = await this.#db
        .selectFrom("audit")
        .selectAll()
        .where("id", ">", last)
        .orderBy("id")
        .limit(5000)
        .execute();
      for (const row of rows) {
        if (row.id !== last + 1 || row.hash !== digest(head, row)) return { entries, head, broken: last + 1 };
        head = row.hash;
        last = row.id;
        entries++;
      }
      if (rows.length === 0) return { entries, head };
    }
  }

  async close(): Promise<void> {
    await this.#db.destroy();
  }
}

async function appendAudit(
  db: Kysely<EstateTables>,
  changes: readonly { ref: ResourceRef; before: unknown; after: unknown }[],
  signature: Signature,
): Promise<void> {
  const last = await db.selectFrom("audit").select(["id", "hash"]).orderBy("id", "desc").limit(1).executeTakeFirst();
  let id = last?.id ?? 0;
  let hash = last?.hash ?? "";
  const rows = changes.map(({ ref, before, after }) => {
    const text = (value: unknown) => (value === undefined ? null : JSON.stringify(value));
    const row = { ...signature, id: ++id, ref, before: text(before), after: text(after) };
    hash = digest(hash, row);
    return { ...row, hash };
  });
  for (const part of chunks(rows)) await db.insertInto("audit").values(part).execute();
}

const digest = (previous: string, { id, at, actor, cause, ref, before, after }: Omit<AuditRow, "hash">): string =>
  hash("sha256", JSON.stringify([previous, id, at, actor, cause, ref, before, after]));

const toStored = ({ kind, name, ref, revision, spec, source }: EstateTables["resources"]): Stored => ({
  kind,
  name,
  ref: ref as ResourceRef,
  revision,
  spec: JSON.parse(spec),
  source,
});
