import { randomBytes } from "node:crypto";
import type { Account } from "../../model/account.ts";
import { UserError } from "../../model/problem.ts";
import type { Role } from "../../model/role.ts";
import type { Signature } from "../audit.ts";
import { chunks, type Db, type EstateTables } from "../tables.ts";
import type { Audited } from "./audited.ts";

/** What makes an account. */
export interface NewAccount {
  readonly email: string;
  readonly name: string;
  readonly language: Account["language"];
  readonly isOperator: boolean;
  readonly tenants: Readonly<Record<string, Role>>;
  /** As it is kept. */
  readonly password?: string;
  readonly subject?: string;
}

export type Accounts = ReturnType<typeof openAccounts>;

/** Tables with what an account has of its own. */
const owned = [
  "members",
  "passkeys",
  "recovery_codes",
  "sessions",
  "api_tokens",
  "invitations",
  "notices",
  "wishes",
] as const;

/** Who may sign in. */
export function openAccounts(db: Db, audited: Audited) {
  const get = async (id: string, inside = db): Promise<Account | undefined> => {
    const row = await inside.selectFrom("accounts").selectAll().where("id", "=", id).executeTakeFirst();
    return row && (await withAll(inside, [row]))[0];
  };
  const known = async (id: string, inside: Db): Promise<Account> => {
    const account = await get(id, inside);
    if (!account) throw new UserError("there is no such account");
    return account;
  };
  /** Somebody must be left who may everything. */
  async function keepOperator(inside: Db): Promise<void> {
    const left = await inside
      .selectFrom("accounts")
      .select("id")
      .where("operator", "=", 1)
      .where("disabled", "=", 0)
      .limit(1)
      .executeTakeFirst();
    if (!left) throw new UserError("this is the last operator; make somebody else one first");
  }
  return {
    get: (id: string) => get(id),
    async named(email: string): Promise<Account | undefined> {
      const row = await db.selectFrom("accounts").selectAll().where("email", "=", email).executeTakeFirst();
      return row && (await withAll(db, [row]))[0];
    },
    async ofSubject(subject: string): Promise<Account | undefined> {
      const row = await db.selectFrom("accounts").selectAll().where("subject", "=", subject).executeTakeFirst();
      return row && (await withAll(db, [row]))[0];
    },
    /** From now on somebody elsewhere vouches for them, if nobody does yet. Returns whether. */
    async vouchFor(id: string, subject: string): Promise<boolean> {
      const { numUpdatedRows } = await db
        .updateTable("accounts")
        .set({ subject })
        .where("id", "=", id)
        .where("subject", "is", null)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    /** In the order of their addresses; of all, or of some tenants. */
    async list(tenants?: readonly string[]): Promise<Account[]> {
      let query = db.selectFrom("accounts").selectAll().orderBy("email");
      if (tenants)
        query = query.where("id", "in", (of) =>
          of
            .selectFrom("members")
            .select("account")
            .where("tenant", "in", tenants.length > 0 ? tenants : [""]),
        );
      return withAll(db, await query.execute());
    },
    async isAnybody(): Promise<boolean> {
      return (await db.selectFrom("accounts").select("id").limit(1).executeTakeFirst()) !== undefined;
    },
    add: (account: NewAccount, signature: Signature): Promise<Account> =>
      audited(signature, async (inside) => {
        const { email, name, language, isOperator, tenants, password = null, subject = null } = account;
        const taken = await inside.selectFrom("accounts").select("id").where("email", "=", email).executeTakeFirst();
        if (taken) throw new UserError(`${email} has an account already`);
        const id = randomBytes(9).toString("base64url");
        await inside
          .insertInto("accounts")
          .values({
            id,
            email,
            name,
            language,
            operator: isOperator ? 1 : 0,
            disabled: 0,
            password,
            totp: null,
            totp_used: 0,
            subject,
            created_at: signature.at,
            signed_in_at: null,
          })
          .execute();
        await setMembers(inside, id, tenants);
        return { ref: `Account/${email}`, after: { isOperator, tenants }, result: await known(id, inside) };
      }),
    change: (
      id: string,
      { name, language, isOperator, isDisabled, tenants }: Partial<Account>,
      signature: Signature,
    ): Promise<Account> =>
      audited(signature, async (inside) => {
        const before = await known(id, inside);
        const set = {
          ...(name !== undefined && { name }),
          ...(language !== undefined && { language }),
          ...(isOperator !== undefined && { operator: isOperator ? 1 : 0 }),
          ...(isDisabled !== undefined && { disabled: isDisabled ? 1 : 0 }),
        };
        if (Object.keys(set).length > 0) await inside.updateTable("accounts").set(set).where("id", "=", id).execute();
        if (tenants) await setMembers(inside, id, tenants);
        if (isDisabled) await inside.deleteFrom("sessions").where("account", "=", id).execute();
        await keepOperator(inside);
        const result = await known(id, inside);
        return { ref: `Account/${before.email}`, before: granted(before), after: granted(result), result };
      }),
    remove: (id: string, signature: Signature): Promise<void> =>
      audited(signature, async (inside) => {
        const before = await known(id, inside);
        for (const table of owned) await inside.deleteFrom(table).where("account", "=", id).execute();
        await inside.deleteFrom("accounts").where("id", "=", id).execute();
        await keepOperator(inside);
        return { ref: `Account/${before.email}`, before: granted(before), result: undefined };
      }),
  };
}

/** What the audit log keeps of an account. */
const granted = ({ name, isOperator, isDisabled, tenants }: Account) => ({ name, isOperator, isDisabled, tenants });

async function setMembers(db: Db, account: string, tenants: Readonly<Record<string, Role>>): Promise<void> {
  const names = Object.keys(tenants);
  if (names.length > 0) {
    const rows = await db.selectFrom("tenants").select("name").where("name", "in", names).execute();
    const known = new Set(rows.map(({ name }) => name));
    const unknown = names.find((name) => !known.has(name));
    if (unknown !== undefined) throw new UserError(`there is no tenant ${unknown}`);
  }
  await db.deleteFrom("members").where("account", "=", account).execute();
  if (names.length > 0)
    await db
      .insertInto("members")
      .values(names.map((tenant) => ({ account, tenant, role: tenants[tenant]! })))
      .execute();
}

async function withAll(db: Db, rows: readonly EstateTables["accounts"][]): Promise<Account[]> {
  const members = new Map<string, Record<string, Role>>();
  const keys = new Map<string, number>();
  for (const part of chunks(rows.map(({ id }) => id))) {
    for (const { account, tenant, role } of await db
      .selectFrom("members")
      .selectAll()
      .where("account", "in", part)
      .orderBy("tenant")
      .execute())
      members.set(account, { ...members.get(account), [tenant]: role as Role });
    for (const { account, count } of await db
      .selectFrom("passkeys")
      .select(({ fn }) => ["account", fn.countAll().as("count")])
      .where("account", "in", part)
      .groupBy("account")
      .execute())
      keys.set(account, Number(count));
  }
  return rows.map((row) => ({
    id: row.id,
    email: row.email,
    name: row.name,
    language: row.language as Account["language"],
    isOperator: row.operator === 1,
    isDisabled: row.disabled === 1,
    tenants: members.get(row.id) ?? {},
    hasPassword: row.password !== null,
    hasTotp: row.totp !== null,
    passkeys: keys.get(row.id) ?? 0,
    createdAt: row.created_at,
    ...(row.signed_in_at !== null && { signedInAt: row.signed_in_at }),
  }));
}
