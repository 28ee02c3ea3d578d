import type { Kysely, Migration } from "kysely";

/** Which machine has used a token up: the same one may ask again, for its answer may have been lost. */
export const usedTokens: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable("tokens").addColumn("used_by", "text").execute();
  },
};
