import { type Kysely, type Migration, Migrator, sql } from "kysely";
import type { EstateTables } from "./estate.ts";

/** Each change of the tables, in order. Portable: no type or expression that only one database knows. */
const migrations: Readonly<Record<string, Migration>> = {
  "001-resources-claims-audit": {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("resources")
        .addColumn("ref", "text", (column) => column.primaryKey())
        .addColumn("kind", "text", (column) => column.notNull())
        .addColumn("name", "text", (column) => column.notNull())
        .addColumn("revision", "integer", (column) => column.notNull())
        .addColumn("spec", "text", (column) => column.notNull())
        .addColumn("source", "text", (column) => column.notNull())
        .addColumn("changed_at", "bigint", (column) => column.notNull())
        .execute();
      await db.schema.createIndex("resources_by_source").on("resources").column("source").execute();
      await db.schema
        .createTable("claims")
        .addColumn("claim", "text", (column) => column.primaryKey())
        .addColumn("ref", "text", (column) => column.notNull())
        .execute();
      await db.schema.createIndex("claims_by_ref").on("claims").column("ref").execute();
      await db.schema
        .createTable("audit")
        .addColumn("id", "integer", (column) => column.primaryKey())
        .addColumn("at", "bigint", (column) => column.notNull())
        .addColumn("actor", "text", (column) => column.notNull())
        .addColumn("cause", "text", (column) => column.notNull())
        .addColumn("ref", "text", (column) => column.notNull())
        .addColumn("before", "text")
        .addColumn("after", "text")
        .addColumn("hash", "text", (column) => column.notNull())
        .execute();
    },
  },
};

/** Brings the tables up to date; one quick look where they are. */
export async function migrate(db: Kysely<EstateTables>): Promise<void> {
  if (await isCurrent(db)) return;
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}

async function isCurrent(db: Kysely<EstateTables>): Promise<boolean> {
  try {
    const { rows } = await sql<{ count: number }>`select count(*) as count from kysely_migration`.execute(db);
    return Number(rows[0]?.count) === Object.keys(migrations).length;
  } catch {
    return false;
  }
}
