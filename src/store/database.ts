import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { busy, codeOf, inputOutput } from "../model/sqlite-error.ts";

/** Milliseconds that somebody else may take. Set with the opening: that itself, of a new file or after a crash, may have to wait. */
const timeout = 10_000;

/**
 * Opens a SQLite file that loses nothing it has acknowledged, readable by its owner alone. `mayGoBack`: a power failure may
 * take back the last transactions, each as a whole; nobody waits for the disk then.
 */
export function openDatabase(
  path: string,
  options: { readonly readOnly?: boolean; readonly mayGoBack?: boolean } = {},
): DatabaseSync {
  if (options.readOnly) return new DatabaseSync(path, { readOnly: true, timeout });
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const database = openJournaled(path);
  database.exec(`PRAGMA synchronous = ${options.mayGoBack ? "NORMAL" : "FULL"}; PRAGMA foreign_keys = ON`);
  return database;
}

function openJournaled(path: string): DatabaseSync {
  try {
    return attempt(path, "PRAGMA journal_mode = WAL");
  } catch (error) {
    if (codeOf(error) !== inputOutput) throw error;
    // A full disk has no room for what those who read at once share (https://sqlite.org/wal.html, 8); alone it can be read.
    return attempt(path, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL");
  }
}

/** Of two who make one file at once, SQLite turns one away without waiting, as each might wait for the other. */
function attempt(path: string, begin: string): DatabaseSync {
  const isNew = !existsSync(path);
  const database = new DatabaseSync(path, { timeout });
  if (isNew) chmodSync(path, 0o600);
  for (const deadline = Date.now() + timeout; ; ) {
    try {
      database.exec(`${begin}; SELECT count(*) FROM sqlite_schema`);
      return database;
    } catch (error) {
      if (codeOf(error) !== busy || Date.now() > deadline) {
        database.close();
        throw error;
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
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
