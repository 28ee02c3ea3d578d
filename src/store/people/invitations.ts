import { hash, randomBytes } from "node:crypto";
import type { Role } from "../../model/role.ts";
import type { Db, EstateTables } from "../tables.ts";

/** What lets somebody make an account, or set a new password for theirs; once. */
export interface Invitation {
  readonly id: string;
  /** Whom it is for; nobody in particular: whoever has the link of the first start. */
  readonly email?: string;
  readonly isOperator: boolean;
  readonly tenant?: string;
  readonly role?: Role;
  /** Whose password it sets. */
  readonly account?: string;
  readonly invitedBy: string;
  readonly expiresAt: number;
}

export type Invitations = ReturnType<typeof openInvitations>;

export function openInvitations(db: Db) {
  return {
    /** Returns what the link has in it. */
    async add(invitation: Omit<Invitation, "id">): Promise<{ readonly secret: string; readonly id: string }> {
      const secret = randomBytes(24).toString("base64url");
      const id = randomBytes(9).toString("base64url");
      const { email, isOperator, tenant, role, account, invitedBy, expiresAt } = invitation;
      await db
        .insertInto("invitations")
        .values({
          digest: hash("sha256", secret),
          id,
          email: email ?? null,
          operator: isOperator ? 1 : 0,
          tenant: tenant ?? null,
          role: role ?? null,
          account: account ?? null,
          invited_by: invitedBy,
          expires_at: expiresAt,
        })
        .execute();
      return { secret, id };
    },
    async find(secret: string, now: number): Promise<Invitation | undefined> {
      const row = await db
        .selectFrom("invitations")
        .selectAll()
        .where("digest", "=", hash("sha256", secret))
        .where("expires_at", ">", now)
        .executeTakeFirst();
      return row && toInvitation(row);
    },
    /** Uses it up: of two who come with it, one gets `true`. */
    async use(id: string): Promise<boolean> {
      return (await db.deleteFrom("invitations").where("id", "=", id).executeTakeFirst()).numDeletedRows > 0n;
    },
    /** Those that are good, of all or of some tenants; not those that set a password. */
    async list(now: number, tenants?: readonly string[]): Promise<Invitation[]> {
      let query = db
        .selectFrom("invitations")
        .selectAll()
        .where("expires_at", ">", now)
        .where("account", "is", null)
        .where("email", "is not", null)
        .orderBy("email");
      if (tenants) query = query.where("tenant", "in", tenants.length > 0 ? tenants : [""]);
      return (await query.execute()).map(toInvitation);
    },
    /** What the first start has printed before is good no longer. */
    async forgetFirst(): Promise<void> {
      await db.deleteFrom("invitations").where("email", "is", null).where("account", "is", null).execute();
    },
    async forgetOld(now: number): Promise<void> {
      await db.deleteFrom("invitations").where("expires_at", "<=", now).execute();
    },
  };
}

const toInvitation = (row: EstateTables["invitations"]): Invitation => ({
  id: row.id,
  ...(row.email !== null && { email: row.email }),
  isOperator: row.operator === 1,
  ...(row.tenant !== null && { tenant: row.tenant }),
  ...(row.role !== null && { role: row.role as Role }),
  ...(row.account !== null && { account: row.account }),
  invitedBy: row.invited_by,
  expiresAt: row.expires_at,
});
