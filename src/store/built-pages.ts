import type { Db } from "./tables.ts";

/** Built pages by their digests (SHA-256). */
export type Pages = Readonly<Record<string, string>>;

/** The pages that records speak of. */
export interface BuiltPages {
  /** Keeps them, before any record speaks of them. */
  keep(pages: Pages): Promise<void>;
  find(digest: string): Promise<string | undefined>;
}

export const openBuiltPages = (db: Db): BuiltPages => ({
  async keep(pages) {
    for (const [digest, html] of Object.entries(pages))
      await db
        .insertInto("pages")
        .values({ digest, html })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
  },
  find: async (digest) => (await builtPages(db, [digest]))[digest],
});

export async function builtPages(db: Db, digests: readonly string[]): Promise<Pages> {
  if (digests.length === 0) return {};
  const rows = await db.selectFrom("pages").selectAll().where("digest", "in", digests).execute();
  return Object.fromEntries(rows.map(({ digest, html }) => [digest, html]));
}
