import { hash, randomBytes } from "node:crypto";
import type { Db, EstateTables } from "../tables.ts";

/** By this, tokens are known wherever they turn up (in a log, in a repository). */
export const tokenMark = "upkeep_";

/** How exactly it is kept when one was last used. Milliseconds. */
const grain = 60_000;

/** By what a program asks in somebody's name. */
export interface ApiToken {
  readonly id: string;
  readonly account: string;
  readonly name: string;
  readonly readOnly: boolean;
  /** In this tenant alone. */
  readonly tenant?: string;
  readonly createdAt: number;
  readonly usedAt?: number;
  readonly expiresAt: number;
}

export type ApiTokens = ReturnType<typeof openApiTokens>;

/** What programs show. Only digests are kept: a token is seen once, by whom it was made for. */
export function openApiTokens(db: Db) {
  return {
    async add(token: Omit<ApiToken, "id" | "usedAt">): Promise<{ readonly secret: string; readonly token: ApiToken }> {
      const secret = tokenMark + randomBytes(32).toString("base64url");
      const id = randomBytes(9).toString("base64url");
      const { account, name, readOnly, tenant, createdAt, expiresAt } = token;
      await db
        .insertInto("api_tokens")
        .values({
          digest: hash("sha256", secret),
          id,
          account,
          name,
          read_only: readOnly ? 1 : 0,
          tenant: tenant ?? null,
          created_at: createdAt,
          used_at: null,
          expires_at: expiresAt,
        })
        .execute();
      return { secret, token: { ...token, id } };
    },
    async find(secret: string, now: number): Promise<ApiToken | undefined> {
      const row = await db
        .selectFrom("api_tokens")
        .selectAll()
        .where("digest", "=", hash("sha256", secret))
        .where("expires_at", ">", now)
        .executeTakeFirst();
      if (!row) return undefined;
      if (now - (row.used_at ?? 0) > grain)
        await db.updateTable("api_tokens").set({ used_at: now }).where("digest", "=", row.digest).execute();
      return toToken(row);
    },
    async list(account: string): Promise<ApiToken[]> {
      const rows = await db
        .selectFrom("api_tokens")
        .selectAll()
        .where("account", "=", account)
        .orderBy("created_at", "desc")
        .execute();
      return rows.map(toToken);
    },
    async remove(account: string, id: string): Promise<boolean> {
      const { numDeletedRows } = await db
        .deleteFrom("api_tokens")
        .where("id", "=", id)
        .where("account", "=", account)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },
  };
}

const toToken = (row: EstateTables["api_tokens"]): ApiToken => ({
  id: row.id,
  account: row.account,
  name: row.name,
  readOnly: row.read_only === 1,
  ...(row.tenant !== null && { tenant: row.tenant }),
  createdAt: row.created_at,
  ...(row.used_at !== null && { usedAt: row.used_at }),
  expiresAt: row.expires_at,
});
