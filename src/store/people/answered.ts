import type { Db } from "../tables.ts";

/** For so long, the same request gets the same answer. Milliseconds. */
const memory = 86_400_000;

/** What was answered to a request that had a key of its own. */
export interface Answered {
  /** Digest of method, path and body. */
  readonly request: string;
  /** 0: somebody is at it. */
  readonly status: number;
  readonly answer: string;
}

export type AnsweredBefore = ReturnType<typeof openAnswered>;

/** Requests that may come twice and are carried out once. */
export function openAnswered(db: Db) {
  return {
    /** Takes the key; `undefined`: it is ours now. Else what is known of it. */
    async take(key: string, request: string, now: number): Promise<Answered | undefined> {
      await db
        .deleteFrom("answered")
        .where("key", "=", key)
        .where("at", "<=", now - memory)
        .execute();
      const { numInsertedOrUpdatedRows } = await db
        .insertInto("answered")
        .values({ key, request, status: 0, answer: "", at: now })
        .onConflict((conflict) => conflict.column("key").doNothing())
        .executeTakeFirst();
      if (numInsertedOrUpdatedRows === 1n) return undefined;
      return db
        .selectFrom("answered")
        .select(["request", "status", "answer"])
        .where("key", "=", key)
        .executeTakeFirst();
    },
    async keep(key: string, status: number, answer: string): Promise<void> {
      await db.updateTable("answered").set({ status, answer }).where("key", "=", key).execute();
    },
    /** It came to nothing: it may be tried again. */
    async giveBack(key: string): Promise<void> {
      await db.deleteFrom("answered").where("key", "=", key).execute();
    },
    async forgetOld(now: number): Promise<void> {
      await db
        .deleteFrom("answered")
        .where("at", "<=", now - memory)
        .execute();
    },
  };
}
