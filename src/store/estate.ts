import type { Placeable } from "../model/placement.ts";
import { UserError } from "../model/problem.ts";
import { type Resource, type ResourceRef, saysTheSame } from "../model/resource.ts";
import { type AuditEntry, appendAudit, lastEntry, listAudit, type Signature, stated, verifyAudit } from "./audit.ts";
import { place, placeableHosts } from "./placing.ts";
import type { Records, Stored } from "./records.ts";
import type { Secrets } from "./secrets.ts";
import { chunks, type Db, type EstateTables } from "./tables.ts";

/*
 * The estate's records, through Kysely: the same queries serve SQLite and PostgreSQL.
 */

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

/** What tells one database from another. */
export interface Dialect {
  /** Within a transaction: nobody else writes to the estate until it ends. */
  readonly alone: (db: Db) => Promise<void>;
  /** Rows are locked one by one: two who delete the same ones, each in another order, would wait for each other. */
  readonly locksRows: boolean;
}

export class Estate implements Records {
  readonly #db: Db;
  readonly #dialect: Dialect;
  readonly #secrets: Secrets;

  constructor(db: Db, dialect: Dialect, secrets: Secrets) {
    this.#db = db;
    this.#dialect = dialect;
    this.#secrets = secrets;
  }

  readonly #stored = ({ kind, name, ref, revision, spec, placement, source }: EstateTables["resources"]): Stored => ({
    kind,
    name,
    ref: ref as ResourceRef,
    revision,
    spec: this.#secrets.open(ref, JSON.parse(spec)),
    ...(placement !== null && { placement: JSON.parse(placement) }),
    source,
  });

  /** Seals secrets of a record, as everyone may see it who may see records. */
  sealed<T extends Resource>(record: T, fields: readonly string[]): T {
    return { ...record, spec: this.#secrets.seal(`${record.kind}/${record.name}`, record.spec, fields) };
  }

  /** Opens secrets that were sealed here for this very resource. */
  opened(ref: ResourceRef, spec: unknown): unknown {
    return this.#secrets.open(ref, spec);
  }

  async get(ref: ResourceRef): Promise<Stored | undefined> {
    const row = await this.#db.selectFrom("resources").selectAll().where("ref", "=", ref).executeTakeFirst();
    return row && this.#stored(row);
  }

  async find(refs: readonly ResourceRef[]): Promise<Map<ResourceRef, Stored>> {
    const found = new Map<ResourceRef, Stored>();
    for (const part of chunks(refs)) {
      const rows = await this.#db.selectFrom("resources").selectAll().where("ref", "in", part).execute();
      for (const row of rows) found.set(row.ref as ResourceRef, this.#stored(row));
    }
    return found;
  }

  async list(kind?: string): Promise<Stored[]> {
    let query = this.#db.selectFrom("resources").selectAll().orderBy("ref");
    if (kind) query = query.where("kind", "=", kind);
    return (await query.execute()).map(this.#stored);
  }

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

  /** The servers of the estate, or those of some names. */
  hosts(names?: readonly string[]): Promise<Placeable[]> {
    return placeableHosts(this.#db, names);
  }

  /** Writes all or nothing, with an audit entry for each. Returns what changed, with its new revision. */
  async write(writes: readonly Write[], signature: Signature): Promise<Map<ResourceRef, number>> {
    return this.#db.transaction().execute(async (db) => {
      await this.#dialect.alone(db);
      const kept = new Map(
        writes.flatMap(({ ref, resource, secrets = [] }) => (resource ? [[ref, this.sealed(resource, secrets)]] : [])),
      );
      const secretsOf = new Map(writes.map(({ ref, secrets = [] }) => [ref, secrets]));
      const before = await new Estate(db, this.#dialect, this.#secrets).find(writes.map(({ ref }) => ref));
      await refuseOvertaken(db, writes, before);
      const changed = writes.filter(({ ref, resource }) => {
        const old = before.get(ref);
        return resource ? !old || !saysTheSame(old, resource) : old !== undefined;
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
                  spec: JSON.stringify(kept.get(ref)!.spec),
                  placement: resource.placement ? JSON.stringify(resource.placement) : null,
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
      const numbers = await appendAudit(
        db,
        changed.map(({ ref }) => {
          const former = before.get(ref);
          const sealed = former && this.sealed(former, secretsOf.get(ref) ?? []);
          return { ref, before: stated(sealed), after: stated(kept.get(ref)) };
        }),
        signature,
      );
      await place(
        db,
        changed.map(({ ref }) => ({
          ref,
          resource: kept.get(ref),
          revision: revisions.get(ref)!,
          sequence: numbers.get(ref)!,
        })),
        signature,
      );
      return revisions;
    });
  }

  audit(limit: number): Promise<AuditEntry[]> {
    return listAudit(this.#db, limit);
  }

  auditHead(): Promise<{ id: number; hash: string } | undefined> {
    return lastEntry(this.#db);
  }

  async auditHash(id: number): Promise<string | undefined> {
    return (await this.#db.selectFrom("audit").select("hash").where("id", "=", id).executeTakeFirst())?.hash;
  }

  verifyAudit(): ReturnType<typeof verifyAudit> {
    return verifyAudit(this.#db);
  }

  async close(): Promise<void> {
    await this.#db.destroy();
  }
}

/** Two people changed one resource: the first has, the second is told. */
async function refuseOvertaken(
  db: Db,
  writes: readonly Write[],
  before: ReadonlyMap<ResourceRef, Stored>,
): Promise<void> {
  const overtaken = writes.filter(({ ref, seen }) => seen !== undefined && seen !== (before.get(ref)?.revision ?? 0));
  if (overtaken.length === 0) return;
  const problems = [];
  for (const { ref } of overtaken) {
    const last = await db
      .selectFrom("audit")
      .select(["actor", "cause"])
      .where("ref", "=", ref)
      .orderBy("id", "desc")
      .limit(1)
      .executeTakeFirst();
    problems.push({
      message: `${ref} has been changed meanwhile by ${last?.actor ?? "someone"} (${last?.cause ?? "unknown"}); look at it and do it again`,
    });
  }
  throw new Overtaken(problems);
}

/** Someone else has changed meanwhile what was to be changed. */
export class Overtaken extends UserError {}
