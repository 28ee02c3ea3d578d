import { type Listener, type PersonalNotice, type Wishes, wishesSchema } from "../../model/personal-notice.ts";
import type { Role } from "../../model/role.ts";
import type { Dialect } from "../dialect.ts";
import type { Secrets } from "../secrets.ts";
import { chunks, type Db, type EstateTables } from "../tables.ts";
import { type Told, toldAfter } from "../told.ts";

/** Milliseconds for which notices are kept. */
const memory = 90 * 86_400_000;

/** So much of what was told is worked through at a time. */
const part = 500;

/** A notice of somebody's. */
export interface KeptNotice extends PersonalNotice {
  readonly id: number;
  readonly account: string;
  readonly isRead: boolean;
}

/** What has been told since, as it is turned into notices. */
export interface Since {
  readonly told: readonly Told[];
  /** Who has stated what has this number. */
  readonly actors: ReadonlyMap<number, string>;
  readonly listeners: readonly Listener[];
}

export type Notices = ReturnType<typeof openNotices>;

const channels = { mail: "mailed_at", webhook: "posted_at" } as const;

/** What single people are told, what they want to be told, and how far that is. */
export function openNotices(db: Db, dialect: Dialect, secrets: Secrets) {
  const about = (account: string) => `Wishes/${account}`;
  const wishesIn = ({ account, wishes }: EstateTables["wishes"]): Wishes =>
    wishesSchema.parse(secrets.open(about(account), JSON.parse(wishes)));

  async function position(inside: Db, name: string): Promise<string | undefined> {
    return (await inside.selectFrom("positions").select("value").where("name", "=", name).executeTakeFirst())?.value;
  }
  async function setPosition(inside: Db, name: string, value: string): Promise<void> {
    await inside
      .insertInto("positions")
      .values({ name, value })
      .onConflict((conflict) => conflict.column("name").doUpdateSet({ value }))
      .execute();
  }
  async function listeners(inside: Db): Promise<Listener[]> {
    const accounts = await inside
      .selectFrom("accounts")
      .select(["id", "email", "operator"])
      .where("disabled", "=", 0)
      .execute();
    const wishes = new Map((await inside.selectFrom("wishes").selectAll().execute()).map((row) => [row.account, row]));
    const members = Map.groupBy(await inside.selectFrom("members").selectAll().execute(), ({ account }) => account);
    const usual = wishesSchema.parse({});
    return accounts.map(({ id, email, operator }) => {
      const row = wishes.get(id);
      return {
        id,
        email,
        isOperator: operator === 1,
        tenants: Object.fromEntries((members.get(id) ?? []).map(({ tenant, role }) => [tenant, role as Role])),
        about: (row ? wishesIn(row) : usual).about,
      };
    });
  }
  async function add(inside: Db, notices: readonly (PersonalNotice & { readonly account: string })[]): Promise<void> {
    if (notices.length === 0) return;
    const last = await inside.selectFrom("notices").select("id").orderBy("id", "desc").limit(1).executeTakeFirst();
    const rows = notices.map(({ host = null, ...notice }, index) => ({
      ...notice,
      host,
      id: Number(last?.id ?? 0) + 1 + index,
      read: 0,
      mailed_at: null,
      posted_at: null,
    }));
    for (const some of chunks(rows)) await inside.insertInto("notices").values(some).execute();
  }

  return {
    async wishes(account: string): Promise<Wishes> {
      const row = await db.selectFrom("wishes").selectAll().where("account", "=", account).executeTakeFirst();
      return row ? wishesIn(row) : wishesSchema.parse({});
    },
    async setWishes(account: string, given: Wishes): Promise<void> {
      const wishes = JSON.stringify(secrets.seal(about(account), given, ["webhook"]));
      await db
        .insertInto("wishes")
        .values({ account, wishes })
        .onConflict((conflict) => conflict.column("account").doUpdateSet({ wishes }))
        .execute();
    },
    /** Turns what was told since the last time into notices, once, whoever else is at it. Returns whether there is more. */
    async advance(
      make: (since: Since) => readonly (PersonalNotice & { readonly account: string })[],
    ): Promise<boolean> {
      // Most of the time nothing was told, and nobody need wait for another to find that out.
      const { at, last } = await db
        .selectNoFrom((from) => [
          from.selectFrom("positions").select("value").where("name", "=", "notices").as("at"),
          from.selectFrom("told").select("id").orderBy("id", "desc").limit(1).as("last"),
        ])
        .executeTakeFirstOrThrow();
      if (at !== null && Number(at) >= Number(last ?? 0)) return false;
      return db.transaction().execute(async (inside) => {
        await dialect.alone(inside, "notices");
        const before = await position(inside, "notices");
        const head = await inside.selectFrom("told").select("id").orderBy("id", "desc").limit(1).executeTakeFirst();
        // What was told before anybody wanted notices is no news.
        const from = before === undefined ? Number(head?.id ?? 0) : Number(before);
        const told = await toldAfter(inside, from, part);
        if (before === undefined || told.length > 0)
          await setPosition(inside, "notices", String(told.at(-1)?.id ?? from));
        if (told.length === 0) return false;
        const numbers = [...new Set(told.flatMap(({ sequence }) => sequence ?? []))];
        const actors = new Map<number, string>();
        for (const some of chunks(numbers))
          for (const { id, actor } of await inside
            .selectFrom("audit")
            .select(["id", "actor"])
            .where("id", "in", some)
            .execute())
            actors.set(Number(id), actor);
        await add(inside, make({ told, actors, listeners: await listeners(inside) }));
        return told.length === part;
      });
    },
    /** Notes how something stands; where that is news, `make` says whom it concerns. Of several who notice, one does that. */
    turned: (
      name: string,
      value: string,
      make: (listeners: readonly Listener[]) => readonly (PersonalNotice & { readonly account: string })[],
    ): Promise<void> =>
      db.transaction().execute(async (inside) => {
        const known = await position(inside, name);
        if (known === value) return;
        await dialect.alone(inside, "notices");
        const before = await position(inside, name);
        if (before === value) return;
        await setPosition(inside, name, value);
        if (before !== undefined) await add(inside, make(await listeners(inside)));
      }),
    /** Newest first. */
    async list(account: string, limit: number): Promise<KeptNotice[]> {
      const rows = await db
        .selectFrom("notices")
        .selectAll()
        .where("account", "=", account)
        .orderBy("id", "desc")
        .limit(limit)
        .execute();
      return rows.map(toNotice);
    },
    async markRead(account: string, upTo: number): Promise<void> {
      await db
        .updateTable("notices")
        .set({ read: 1 })
        .where("account", "=", account)
        .where("id", "<=", upTo)
        .where("read", "=", 0)
        .execute();
    },
    /** Who has notices that have not gone that way, and since when the oldest waits, and when the last one went. */
    async waiting(channel: keyof typeof channels): Promise<{ account: string; since: number; last: number }[]> {
      const column = channels[channel];
      const rows = await db
        .selectFrom("notices")
        .select(({ fn }) => ["account", fn.min("at").as("since")])
        .where(column, "is", null)
        .groupBy("account")
        .execute();
      const found = [];
      for (const { account, since } of rows) {
        const last = await db
          .selectFrom("notices")
          .select(({ fn }) => fn.max(column).as("last"))
          .where("account", "=", account)
          .executeTakeFirst();
        found.push({ account, since: Number(since), last: Number(last?.last ?? 0) });
      }
      return found;
    },
    /** Takes what is to go that way; nobody else takes it, unless it is given back. */
    async take(account: string, channel: keyof typeof channels, now: number): Promise<KeptNotice[]> {
      const rows = await db
        .updateTable("notices")
        .set({ [channels[channel]]: now })
        .where("account", "=", account)
        .where(channels[channel], "is", null)
        .returningAll()
        .execute();
      return rows.map(toNotice).sort((one, other) => one.id - other.id);
    },
    async giveBack(notices: readonly KeptNotice[], channel: keyof typeof channels): Promise<void> {
      for (const some of chunks(notices.map(({ id }) => id)))
        await db
          .updateTable("notices")
          .set({ [channels[channel]]: null })
          .where("id", "in", some)
          .execute();
    },
    async forgetOld(now: number): Promise<void> {
      await db
        .deleteFrom("notices")
        .where("at", "<=", now - memory)
        .execute();
    },
  };
}

const toNotice = (row: EstateTables["notices"]): KeptNotice => ({
  id: row.id,
  account: row.account,
  is: row.is,
  about: row.about as PersonalNotice["about"],
  what: row.what,
  ...(row.host !== null && { host: row.host }),
  says: row.says,
  at: row.at,
  isRead: row.read === 1,
});
