import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

/**
 * Opens a SQLite file that loses nothing it has acknowledged, readable by its owner alone. `mayGoBack`: a power failure may
 * take back the last transactions, each as a whole; nobody waits for the disk then.
 */
export function openDatabase(
  path: string,
  options: { readonly readOnly?: boolean; readonly mayGoBack?: boolean } = {},
): DatabaseSync {
  if (options.readOnly) return new DatabaseSync(path, { readOnly: true });
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const isNew = !existsSync(path);
  const database = new DatabaseSync(path);
  if (isNew) chmodSync(path, 0o600);
  database.exec(
    `PRAGMA journal_mode = WAL; PRAGMA synchronous = ${options.mayGoBack ? "NORMAL" : "FULL"}; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 10000`,
  );
  return database;
}

export const hasTable = (database: DatabaseSync, name: string): boolean =>
  database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(name) !== undefined;

/** Gives a table of an older version what it lacks. `column`: name and type. */
export function addColumn(database: DatabaseSync, table: string, column: string): void {
  const [name] = column.split(" ");
  const isThere = database.prepare("SELECT 1 FROM pragma_table_info(?) WHERE name = ?").get(table, name!);
  if (!isThere) database.exec(`ALTER TABLE ${table} ADD COLUMN ${column}`);
}

/** Runs `work` in one transaction: all of it is on the disk afterwards, or nothing. */
export function transaction<T>(database: DatabaseSync, work: () => T): T {
  const [result, { commit }] = begin(database, work);
  commit();
  return result;
}

/** Runs `work` in a transaction that is still to be decided on. */
export function begin<T>(database: DatabaseSync, work: () => T): [T, Undecided] {
  const cancel = () => {
    if (database.isTransaction) database.exec("ROLLBACK");
  };
  const attempt = <R>(step: () => R): R => {
    try {
      return step();
    } catch (error) {
      cancel();
      throw error;
    }
  };
  database.exec("BEGIN IMMEDIATE");
  return [attempt(work), { commit: () => attempt(() => database.exec("COMMIT")), cancel }];
}

/** What has been written but is not there for others yet. */
export interface Undecided {
  /** On the disk when it returns. */
  commit(): void;
  /** As if it had never been written. */
  cancel(): void;
}
