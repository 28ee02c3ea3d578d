import type { Kysely, Migration } from "kysely";

/** How much records hold on hosts. */
export const sizes: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("sizes")
      .addColumn("ref", "text", (column) => column.notNull())
      .addColumn("host", "text", (column) => column.notNull())
      .addColumn("bytes", "bigint", (column) => column.notNull())
      .addColumn("at", "bigint", (column) => column.notNull())
      .addPrimaryKeyConstraint("sizes_of_record", ["ref", "host"])
      .execute();
  },
};
