import { type Kysely, type Migration, Migrator, sql } from "kysely";
import { leases } from "./migrations/leases.ts";
import { people } from "./migrations/people.ts";
import { samples } from "./migrations/samples.ts";
import { sizes } from "./migrations/sizes.ts";
import { usedTokens } from "./migrations/tokens.ts";
import type { EstateTables } from "./tables.ts";

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
  "002-hosts": {
    async up(db: Kysely<unknown>) {
      await db.schema.alterTable("resources").addColumn("placement", "text").execute();
      await db.schema
        .createTable("hosts")
        .addColumn("name", "text", (column) => column.primaryKey())
        .addColumn("labels", "text", (column) => column.notNull())
        .addColumn("draining", "integer", (column) => column.notNull())
        .addColumn("public_key", "text")
        .addColumn("box_key", "text")
        .addColumn("added_at", "bigint", (column) => column.notNull())
        .addColumn("state", "text")
        .addColumn("seen_at", "bigint")
        .execute();
      await db.schema
        .createTable("placements")
        .addColumn("ref", "text", (column) => column.notNull())
        .addColumn("host", "text", (column) => column.notNull())
        .addColumn("sequence", "bigint", (column) => column.notNull())
        .addColumn("revision", "integer", (column) => column.notNull())
        .addColumn("desired", "text", (column) => column.notNull())
        .addColumn("gone", "integer", (column) => column.notNull())
        .addColumn("group_key", "text")
        .addColumn("released_at", "bigint", (column) => column.notNull())
        .addPrimaryKeyConstraint("placements_key", ["ref", "host"])
        .execute();
      await db.schema.createIndex("placements_by_host").on("placements").column("host").execute();
      await db.schema.createIndex("placements_by_group").on("placements").columns(["group_key", "host"]).execute();
      await db.schema
        .createTable("waiting")
        .addColumn("ref", "text", (column) => column.notNull())
        .addColumn("host", "text", (column) => column.notNull())
        .addColumn("sequence", "bigint", (column) => column.notNull())
        .addColumn("revision", "integer", (column) => column.notNull())
        .addColumn("desired", "text", (column) => column.notNull())
        .addColumn("group_key", "text", (column) => column.notNull())
        .addColumn("strategy", "text", (column) => column.notNull())
        .addColumn("held", "text")
        .addPrimaryKeyConstraint("waiting_key", ["ref", "host"])
        .execute();
      await db.schema
        .createTable("turns")
        .addColumn("host", "text", (column) => column.notNull())
        .addColumn("group_key", "text", (column) => column.notNull())
        .addColumn("since", "bigint", (column) => column.notNull())
        .addColumn("strategy", "text", (column) => column.notNull())
        .addPrimaryKeyConstraint("turns_key", ["host", "group_key"])
        .execute();
      await db.schema
        .createTable("groups")
        .addColumn("group_key", "text", (column) => column.primaryKey())
        .execute();
      await db.schema
        .createTable("pauses")
        .addColumn("group_key", "text", (column) => column.primaryKey())
        .addColumn("until", "bigint", (column) => column.notNull())
        .execute();
      await db.schema
        .createTable("outbox")
        .addColumn("host", "text", (column) => column.notNull())
        .addColumn("ref", "text", (column) => column.notNull())
        .addColumn("sequence", "bigint", (column) => column.notNull())
        .addPrimaryKeyConstraint("outbox_key", ["host", "ref"])
        .execute();
      await db.schema
        .createTable("conditions")
        .addColumn("ref", "text", (column) => column.notNull())
        .addColumn("host", "text", (column) => column.notNull())
        .addColumn("sequence", "bigint", (column) => column.notNull())
        .addColumn("revision", "integer", (column) => column.notNull())
        .addColumn("state", "text", (column) => column.notNull())
        .addColumn("message", "text", (column) => column.notNull())
        .addColumn("at", "bigint", (column) => column.notNull())
        .addColumn("told", "bigint", (column) => column.notNull())
        .addPrimaryKeyConstraint("conditions_key", ["ref", "host"])
        .execute();
      await db.schema.createIndex("conditions_by_host").on("conditions").column("host").execute();
      await db.schema
        .createTable("pages")
        .addColumn("digest", "text", (column) => column.primaryKey())
        .addColumn("html", "text", (column) => column.notNull())
        .execute();
      await db.schema
        .createTable("tokens")
        .addColumn("digest", "text", (column) => column.primaryKey())
        .addColumn("host", "text", (column) => column.notNull())
        .addColumn("expires_at", "bigint", (column) => column.notNull())
        .execute();
    },
  },
  "003-outbox-in-order": {
    async up(db: Kysely<unknown>) {
      await db.schema.createIndex("outbox_by_sequence").on("outbox").column("sequence").execute();
    },
  },
  "004-tenants": {
    async up(db: Kysely<unknown>) {
      await db.schema.alterTable("resources").addColumn("tenant", "text").execute();
    },
  },
  "005-events-observations": {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("events")
        .addColumn("host", "text", (column) => column.notNull())
        .addColumn("log", "text", (column) => column.notNull())
        .addColumn("number", "bigint", (column) => column.notNull())
        .addColumn("at", "bigint", (column) => column.notNull())
        .addColumn("heard_at", "bigint", (column) => column.notNull())
        .addColumn("event", "text", (column) => column.notNull())
        .addColumn("says", "text", (column) => column.notNull())
        // A host that was installed anew counts from one again.
        .addPrimaryKeyConstraint("events_key", ["host", "log", "number", "at"])
        .execute();
      await db.schema.createIndex("events_by_time").on("events").column("at").execute();
      await db.schema.createIndex("events_by_host").on("events").columns(["host", "at"]).execute();
      await db.schema.createIndex("events_by_hearing").on("events").column("heard_at").execute();
      await db.schema
        .createTable("observations")
        .addColumn("host", "text", (column) => column.notNull())
        .addColumn("watch", "text", (column) => column.notNull())
        .addColumn("key", "text", (column) => column.notNull())
        .addColumn("value", "text")
        .addColumn("until", "bigint", (column) => column.notNull())
        .addColumn("told", "bigint", (column) => column.notNull())
        .addPrimaryKeyConstraint("observations_key", ["host", "watch", "key"])
        .execute();
      await db.schema.createIndex("observations_by_end").on("observations").column("until").execute();
      await db.schema
        .createTable("told_anew")
        .addColumn("host", "text", (column) => column.primaryKey())
        .addColumn("number", "bigint", (column) => column.notNull())
        .execute();
    },
  },
  "006-people": people,
  "007-samples": samples,
  "008-leases": leases,
  "009-sizes": sizes,
  "010-used-tokens": usedTokens,
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
