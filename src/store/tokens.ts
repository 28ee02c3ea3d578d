import type { Db } from "./tables.ts";

/** Whom a token makes a machine, and whether this machine is that already. */
export interface Used {
  readonly host: string;
  readonly isAgain: boolean;
}

/**
 * Uses a token up for the machine with this key. The same machine may ask again as long as nobody else has become that
 * host: what was answered to it may have been lost.
 */
export async function useToken(
  db: Db,
  digest: string,
  publicKey: string | undefined,
  now: number,
): Promise<Used | undefined> {
  await db.deleteFrom("tokens").where("expires_at", "<=", now).execute();
  const token = await db
    .selectFrom("tokens")
    .innerJoin("hosts", "hosts.name", "tokens.host")
    .select(["host", "used_by", "public_key"])
    .where("digest", "=", digest)
    .executeTakeFirst();
  if (!token) return undefined;
  const { host, used_by: usedBy, public_key: holder } = token;
  if (usedBy !== null) return usedBy === publicKey && usedBy === holder ? { host, isAgain: true } : undefined;
  await db
    .updateTable("tokens")
    .set({ used_by: publicKey ?? "" })
    .where("digest", "=", digest)
    .execute();
  return { host, isAgain: false };
}
