import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { Kysely, type SqliteDatabase, SqliteDialect, type SqliteStatement } from "kysely";
import { Estate, type EstateTables } from "./estate.ts";
import { migrate } from "./migrations.ts";

/** The estate in a SQLite file. */
export async function openSqliteEstate(database: DatabaseSync, { readOnly = false } = {}): Promise<Estate> {
  const db = new Kysely<EstateTables>({ dialect: new SqliteDialect({ database: forKysely(database) }) });
  if (!readOnly) await migrate(db);
  return new Estate(db);
}

/** Kysely's SQLite dialect asks for what `better-sqlite3` offers; `node:sqlite` offers nearly that. */
function forKysely(database: DatabaseSync): SqliteDatabase {
  return {
    close: () => database.close(),
    prepare(text): SqliteStatement {
      const statement = database.prepare(text);
      const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[];
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...values(parameters)),
        run: (parameters) => statement.run(...values(parameters)),
        iterate: (parameters) => statement.iterate(...values(parameters)) as IterableIterator<unknown>,
      };
    },
  };
}
