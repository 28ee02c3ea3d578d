import { hash, randomBytes } from "node:crypto";
import type { Db, EstateTables } from "../tables.ts";

/** How long somebody stays signed in without doing anything, and at most. Milliseconds. */
const [idle, longest] = [12 * 3_600_000, 30 * 86_400_000];

/** How long there is for the second factor. Milliseconds. */
const halfway = 600_000;

/** How exactly it is kept when somebody was last there. Milliseconds. */
const grain = 60_000;

/** Somebody who has signed in, in one browser. */
export interface Session {
  readonly id: string;
  readonly account: string;
  /** `first`: the second factor is still to come, and nothing else may be done. */
  readonly stage: "first" | "signed in";
  readonly looksAs?: string;
  readonly agent: string;
  readonly address: string;
  readonly createdAt: number;
  readonly seenAt: number;
}

export type Sessions = ReturnType<typeof openSessions>;

/** Who is signed in. Of what a browser holds, only a digest is kept. */
export function openSessions(db: Db) {
  return {
    /** Returns what the browser is to hold. */
    async begin(
      session: Pick<Session, "account" | "stage" | "agent" | "address">,
      now: number,
    ): Promise<{ readonly secret: string; readonly id: string }> {
      const secret = randomBytes(32).toString("base64url");
      const id = randomBytes(9).toString("base64url");
      await db
        .insertInto("sessions")
        .values({
          ...session,
          digest: digestOf(secret),
          id,
          agent: session.agent.slice(0, 300),
          looks_as: null,
          created_at: now,
          seen_at: now,
          expires_at: now + (session.stage === "first" ? halfway : longest),
        })
        .execute();
      if (session.stage === "signed in")
        await db.updateTable("accounts").set({ signed_in_at: now }).where("id", "=", session.account).execute();
      return { secret, id };
    },
    async find(secret: string, now: number): Promise<Session | undefined> {
      const row = await db
        .selectFrom("sessions")
        .selectAll()
        .where("digest", "=", digestOf(secret))
        .where("expires_at", ">", now)
        .where("seen_at", ">", now - idle)
        .executeTakeFirst();
      if (!row) return undefined;
      if (now - row.seen_at > grain)
        await db.updateTable("sessions").set({ seen_at: now }).where("digest", "=", row.digest).execute();
      return toSession(row);
    },
    async lookAs(id: string, tenant: string | undefined): Promise<void> {
      await db
        .updateTable("sessions")
        .set({ looks_as: tenant ?? null })
        .where("id", "=", id)
        .execute();
    },
    /** Those of an account that last, the newest first. */
    async list(account: string, now: number): Promise<Session[]> {
      const rows = await db
        .selectFrom("sessions")
        .selectAll()
        .where("account", "=", account)
        .where("stage", "=", "signed in")
        .where("expires_at", ">", now)
        .where("seen_at", ">", now - idle)
        .orderBy("seen_at", "desc")
        .execute();
      return rows.map(toSession);
    },
    async end(account: string, id: string): Promise<boolean> {
      const { numDeletedRows } = await db
        .deleteFrom("sessions")
        .where("id", "=", id)
        .where("account", "=", account)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },
    /** All of an account's, but for one that goes on. */
    async endAll(account: string, but = ""): Promise<void> {
      await db.deleteFrom("sessions").where("account", "=", account).where("id", "!=", but).execute();
    },
    async forgetOld(now: number): Promise<void> {
      await db
        .deleteFrom("sessions")
        .where((where) => where.or([where("expires_at", "<=", now), where("seen_at", "<=", now - idle)]))
        .execute();
    },
  };
}

const digestOf = (secret: string): string => hash("sha256", secret);

const toSession = (row: EstateTables["sessions"]): Session => ({
  id: row.id,
  account: row.account,
  stage: row.stage as Session["stage"],
  ...(row.looks_as !== null && { looksAs: row.looks_as }),
  agent: row.agent,
  address: row.address,
  createdAt: row.created_at,
  seenAt: row.seen_at,
});
