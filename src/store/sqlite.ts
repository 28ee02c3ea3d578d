import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { Kysely, type SqliteDatabase, SqliteDialect, type SqliteStatement, sql } from "kysely";
import { openDatabase } from "./database.ts";
import type { Dialect } from "./dialect.ts";
import { Estate } from "./estate.ts";
import { migrate } from "./migrations.ts";
import { type Opened, openAll } from "./opened.ts";
import type { Secrets } from "./secrets.ts";
import type { EstateTables } from "./tables.ts";

/** The estate in a SQLite file. */
export async function openSqliteEstate(
  database: DatabaseSync,
  secrets: Secrets,
  { readOnly = false } = {},
): Promise<Estate> {
  const db = new Kysely<EstateTables>({ dialect: new SqliteDialect({ database: forKysely(database) }) });
  if (!readOnly) await migrate(db);
  return new Estate(db, sqlite, secrets);
}

/** The estate with its hosts, for a control plane. */
export async function openSqliteFleet(
  path: string,
  secrets: Secrets,
  options: { readonly mayGoBack?: boolean } = {},
): Promise<Opened> {
  const database = forKysely(openDatabase(path, options));
  const db = new Kysely<EstateTables>({ dialect: new SqliteDialect({ database }) });
  await migrate(db);
  return openAll(db, sqlite, secrets);
}

/** So many statements are kept ready: those that come first come often, and planning costs as much as asking. */
const mostKept = 300;
/** Not those that make tables, once. */
const comesOften = /^(select|insert|update|delete|with|begin|commit|rollback)\b/;

/** SQLite lets one write at a time; taking the lock first means waiting for it instead of failing later. */
const sqlite: Dialect = {
  async alone(db) {
    await db.updateTable("resources").set({ revision: 0 }).where("ref", "=", "").execute();
  },
  locksRows: false,
  elements: (values) => sql`json_each(${JSON.stringify(values)})`,
  secondWord: (text) => sql`substr(${text}, instr(${text}, ' ') + 1, iif(instr(${text}, ' ') = 0, 0, 1000))`,
};

/** Of a transaction that a full disk has ended already, nothing is left to take back: what was wrong is what is told. */
const rollback = (database: DatabaseSync): SqliteStatement => ({
  reader: false,
  all: () => [],
  run() {
    if (database.isTransaction) database.exec("ROLLBACK");
    return { changes: 0, lastInsertRowid: 0 };
  },
  iterate: () => [][Symbol.iterator](),
});

/** Kysely's SQLite dialect asks for what `better-sqlite3` offers; `node:sqlite` offers nearly that. */
function forKysely(database: DatabaseSync): SqliteDatabase {
  const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[];
  const prepare = (text: string): SqliteStatement => {
    const statement = database.prepare(text);
    return {
      reader: statement.columns().length > 0,
      all: (parameters) => statement.all(...values(parameters)),
      run: (parameters) => statement.run(...values(parameters)),
      // Whoever reads row by row may still do so when the same is asked again.
      iterate: (parameters) => database.prepare(text).iterate(...values(parameters)) as IterableIterator<unknown>,
    };
  };
  const kept = new Map<string, SqliteStatement>([["rollback", rollback(database)]]);
  return {
    close: () => database.close(),
    prepare(text) {
      const statement = kept.get(text) ?? prepare(text);
      if (kept.size < mostKept && comesOften.test(text)) kept.set(text, statement);
      return statement;
    },
  };
}
