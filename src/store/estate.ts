import type { Placeable } from "../model/placement.ts";
import type { Resource, ResourceRef } from "../model/resource.ts";
import { type AuditEntry, type AuditQuery, lastEntry, listAudit, type Signature, verifyAudit } from "./audit.ts";
import type { Dialect } from "./dialect.ts";
import { placeableHosts } from "./placing.ts";
import type { Records, Stored } from "./records.ts";
import { changedAt, type Listed, type ListQuery, listResources } from "./resource-list.ts";
import type { Secrets } from "./secrets.ts";
import { chunks, type Db, type EstateTables } from "./tables.ts";
import { goingTogether, type Order, Overtaken, type Write, type Written, writeOrders } from "./writing.ts";

/*
 * The estate's records, through Kysely: the same queries serve SQLite and PostgreSQL.
 */

interface Waiting extends Order {
  readonly resolve: (written: Written) => void;
  readonly reject: (reason: Error) => void;
}

export class Estate implements Records {
  readonly #db: Db;
  readonly #dialect: Dialect;
  readonly #secrets: Secrets;
  #waiting: Waiting[] = [];
  #isWriting = false;

  constructor(db: Db, dialect: Dialect, secrets: Secrets) {
    this.#db = db;
    this.#dialect = dialect;
    this.#secrets = secrets;
  }

  readonly #stored = ({
    kind,
    name,
    ref,
    revision,
    spec,
    placement,
    tenant,
    source,
  }: EstateTables["resources"]): Stored => ({
    kind,
    name,
    ref: ref as ResourceRef,
    revision,
    spec: this.#secrets.open(ref, JSON.parse(spec)),
    ...(placement !== null && { placement: JSON.parse(placement) }),
    ...(tenant !== null && { tenant }),
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

  /** One page of the records, see {@link listResources}. */
  page(query: ListQuery): Promise<Listed[]> {
    return listResources(this.#db, query);
  }

  changedAt(refs: readonly ResourceRef[]): Promise<Map<ResourceRef, number>> {
    return changedAt(this.#db, refs);
  }

  async ofTenant(tenant: string): Promise<Stored[]> {
    const rows = await this.#db
      .selectFrom("resources")
      .selectAll()
      .where("tenant", "=", tenant)
      .orderBy("ref")
      .execute();
    return rows.map(this.#stored);
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

  /**
   * Writes all or nothing, with an audit entry for each. Returns what changed, with its new revision. What comes while
   * something else is being written goes together in the next transaction.
   */
  write(writes: readonly Write[], signature: Signature): Promise<Written> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ writes, signature, resolve, reject });
      if (!this.#isWriting) void this.#workOff();
    });
  }

  async #workOff(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      const orders = goingTogether(this.#waiting);
      this.#waiting.splice(0, orders.length);
      try {
        await this.#writeTogether(orders);
      } catch (error) {
        if (orders.length === 1) orders[0]!.reject(error as Error);
        // One of them may be at fault: each by itself.
        else for (const order of orders) await this.#writeTogether([order]).catch(order.reject);
      }
    }
    this.#isWriting = false;
  }

  async #writeTogether(orders: readonly Waiting[]): Promise<void> {
    const results = await this.#db.transaction().execute(async (db) => {
      await this.#dialect.alone(db);
      return writeOrders(db, this.#dialect, new Estate(db, this.#dialect, this.#secrets), orders);
    });
    for (const [index, { resolve, reject }] of orders.entries()) {
      const result = results[index]!;
      if (result instanceof Overtaken) reject(result);
      else resolve(result);
    }
  }

  audit(limit: number, about: AuditQuery = {}): Promise<AuditEntry[]> {
    return listAudit(this.#db, limit, about);
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
