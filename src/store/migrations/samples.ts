import type { Kysely, Migration } from "kysely";

/** How busy hosts have been. */
export const samples: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("samples")
      .addColumn("host", "text", (column) => column.notNull())
      .addColumn("slot", "bigint", (column) => column.notNull())
      .addColumn("load", "double precision", (column) => column.notNull())
      .addColumn("requests", "double precision")
      .addPrimaryKeyConstraint("samples_of_host", ["host", "slot"])
      .execute();
    await db.schema.createIndex("samples_by_slot").on("samples").column("slot").execute();
    await db.schema.createIndex("events_by_kind").on("events").columns(["event", "heard_at"]).execute();
  },
};
