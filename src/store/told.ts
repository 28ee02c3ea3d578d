import { sql } from "kysely";
import type { ResourceRef } from "../model/resource.ts";
import type { Dialect } from "./dialect.ts";
import { chunks, type Db, type EstateTables } from "./tables.ts";

/** Milliseconds for which it is kept. */
const memory = 30 * 86_400_000;

/** Something that a host has told: that a resource stands otherwise than before, or what has happened. */
export interface Told {
  /** In the order in which it was heard. */
  readonly id: number;
  readonly at: number;
  readonly host: string;
  /** A state of a resource (`Applied`), or the name of an event (`banned`). */
  readonly is: string;
  readonly ref?: ResourceRef;
  readonly tenant?: string;
  readonly says: string;
  /** Of the change that it is about. */
  readonly sequence?: number;
}

/** Adds what is news, within a transaction. */
export async function tell(db: Db, dialect: Dialect, news: readonly Omit<Told, "id" | "tenant">[]): Promise<void> {
  if (news.length === 0) return;
  await dialect.alone(db, "told");
  for (const part of chunks(news)) {
    const numbered = part.map(({ at, host, is, ref = null, says, sequence = null }, index) => ({
      id: sql<number>`(select coalesce(max(id), 0) from told) + ${sql.lit(index + 1)}`,
      ...{ at, host, is, ref, says, sequence },
      tenant: ref === null ? null : sql<string | null>`(select tenant from resources where ref = ${ref})`,
    }));
    await db.insertInto("told").values(numbered).execute();
  }
}

async function lastTold(db: Db): Promise<number> {
  return Number((await db.selectFrom("told").select("id").orderBy("id", "desc").limit(1).executeTakeFirst())?.id ?? 0);
}

/** What was told after that, the oldest first. */
export async function toldAfter(db: Db, id: number, limit: number): Promise<Told[]> {
  const rows = await db.selectFrom("told").selectAll().where("id", ">", id).orderBy("id").limit(limit).execute();
  return rows.map(toTold);
}

export type News = ReturnType<typeof openNews>;

export function openNews(db: Db) {
  return {
    /** What was told after that, for all or for some tenants, the oldest first. */
    async after(id: number, limit: number, tenants?: readonly string[]): Promise<Told[]> {
      let query = db.selectFrom("told").selectAll().where("id", ">", id).orderBy("id").limit(limit);
      if (tenants) query = query.where("tenant", "in", tenants.length > 0 ? tenants : [""]);
      return (await query.execute()).map(toTold);
    },
    /** The newest, for all or for some tenants, newest first. */
    async newest(limit: number, tenants?: readonly string[]): Promise<Told[]> {
      let query = db.selectFrom("told").selectAll().orderBy("id", "desc").limit(limit);
      if (tenants) query = query.where("tenant", "in", tenants.length > 0 ? tenants : [""]);
      return (await query.execute()).map(toTold);
    },
    /** The number of the last one. */
    last: () => lastTold(db),
    async forgetOld(now: number): Promise<void> {
      // The last one stays: the count goes on from there.
      await db
        .deleteFrom("told")
        .where("at", "<=", now - memory)
        .where("id", "<", await lastTold(db))
        .execute();
    },
  };
}

const toTold = (row: EstateTables["told"]): Told => ({
  id: row.id,
  at: row.at,
  host: row.host,
  is: row.is,
  ...(row.ref !== null && { ref: row.ref as ResourceRef }),
  ...(row.tenant !== null && { tenant: row.tenant }),
  says: row.says,
  ...(row.sequence !== null && { sequence: row.sequence }),
});
