import { hash } from "node:crypto";
import type { Secrets } from "../secrets.ts";
import type { Db, EstateTables } from "../tables.ts";

/** A key that a device of somebody's holds (WebAuthn). */
export interface Passkey {
  readonly id: string;
  readonly account: string;
  readonly publicKey: Uint8Array<ArrayBuffer>;
  /** How often it was used, if the device counts. */
  readonly counter: number;
  readonly transports: readonly string[];
  readonly name: string;
  readonly createdAt: number;
  readonly usedAt?: number;
}

export type Credentials = ReturnType<typeof openCredentials>;

/** By what people show who they are. */
export function openCredentials(db: Db, secrets: Secrets) {
  const about = (account: string) => `Account/${account}`;
  const row = (account: string) =>
    db.selectFrom("accounts").select(["password", "totp", "totp_used"]).where("id", "=", account).executeTakeFirst();
  return {
    password: async (account: string): Promise<string | undefined> => (await row(account))?.password ?? undefined,
    async setPassword(account: string, password: string | undefined): Promise<void> {
      await db
        .updateTable("accounts")
        .set({ password: password ?? null })
        .where("id", "=", account)
        .execute();
    },
    /** The secret that an app has, too (RFC 6238). */
    async totp(account: string): Promise<string | undefined> {
      const totp = (await row(account))?.totp;
      if (totp === null || totp === undefined) return undefined;
      return (secrets.open(about(account), JSON.parse(totp)) as { totp: string }).totp;
    },
    async setTotp(account: string, totp: string | undefined): Promise<void> {
      const sealed = totp === undefined ? null : JSON.stringify(secrets.seal(about(account), { totp }, ["totp"]));
      await db.updateTable("accounts").set({ totp: sealed, totp_used: 0 }).where("id", "=", account).execute();
      if (totp === undefined) await db.deleteFrom("recovery_codes").where("account", "=", account).execute();
    },
    /** Takes a time step, once: whoever comes second with the same code, or an older one, gets `false`. */
    async useStep(account: string, step: number): Promise<boolean> {
      const { numUpdatedRows } = await db
        .updateTable("accounts")
        .set({ totp_used: step })
        .where("id", "=", account)
        .where("totp_used", "<", step)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    async setRecoveryCodes(account: string, codes: readonly string[]): Promise<void> {
      await db.transaction().execute(async (inside) => {
        await inside.deleteFrom("recovery_codes").where("account", "=", account).execute();
        await inside
          .insertInto("recovery_codes")
          .values(codes.map((code) => ({ digest: codeDigest(account, code), account })))
          .execute();
      });
    },
    async useRecoveryCode(account: string, code: string): Promise<boolean> {
      const { numDeletedRows } = await db
        .deleteFrom("recovery_codes")
        .where("digest", "=", codeDigest(account, code))
        .where("account", "=", account)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },
    async recoveryCodesLeft(account: string): Promise<number> {
      const { count } = await db
        .selectFrom("recovery_codes")
        .select(({ fn }) => fn.countAll().as("count"))
        .where("account", "=", account)
        .executeTakeFirstOrThrow();
      return Number(count);
    },
    async passkeys(account: string): Promise<Passkey[]> {
      const rows = await db
        .selectFrom("passkeys")
        .selectAll()
        .where("account", "=", account)
        .orderBy("created_at")
        .execute();
      return rows.map(toPasskey);
    },
    async passkey(id: string): Promise<Passkey | undefined> {
      const found = await db.selectFrom("passkeys").selectAll().where("id", "=", id).executeTakeFirst();
      return found && toPasskey(found);
    },
    async addPasskey({ publicKey, transports, createdAt, usedAt: _, ...key }: Passkey): Promise<void> {
      await db
        .insertInto("passkeys")
        .values({
          ...key,
          public_key: Buffer.from(publicKey).toString("base64url"),
          transports: JSON.stringify(transports),
          created_at: createdAt,
          used_at: null,
        })
        .execute();
    },
    async usedPasskey(id: string, counter: number, at: number): Promise<void> {
      await db.updateTable("passkeys").set({ counter, used_at: at }).where("id", "=", id).execute();
    },
    async removePasskey(account: string, id: string): Promise<boolean> {
      const { numDeletedRows } = await db
        .deleteFrom("passkeys")
        .where("id", "=", id)
        .where("account", "=", account)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },
  };
}

/** Codes have 80 random bits: nobody tries them all, so a plain digest is enough. */
const codeDigest = (account: string, code: string): string => hash("sha256", `${account} ${code}`);

const toPasskey = (row: EstateTables["passkeys"]): Passkey => ({
  id: row.id,
  account: row.account,
  publicKey: new Uint8Array(Buffer.from(row.public_key, "base64url")),
  counter: row.counter,
  transports: JSON.parse(row.transports),
  name: row.name,
  createdAt: row.created_at,
  ...(row.used_at !== null && { usedAt: row.used_at }),
});
