import type { DatabaseSync } from "node:sqlite";
import type { Position } from "../host/follow-files.ts";
import type { Standing } from "./jail/counting.ts";
import type { Jail, Remembered } from "./jail/jail.ts";
import type { Said, Unsaid } from "./watch.ts";

/*
 * What the watches have to know to go on where they were: how far each log has been read, what has been counted, and what
 * has been decided and not acknowledged. It changes together, so that whenever they are killed, no line counts twice.
 */

const schema = `
CREATE TABLE IF NOT EXISTS positions (path TEXT NOT NULL, inode INTEGER NOT NULL, offset INTEGER NOT NULL,
  head_length INTEGER NOT NULL, head_digest TEXT NOT NULL, PRIMARY KEY (path, inode)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cursors (matches TEXT PRIMARY KEY, cursor TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS standings (jail TEXT NOT NULL, subject TEXT NOT NULL, failures TEXT NOT NULL,
  bans INTEGER NOT NULL, banned_until INTEGER NOT NULL, evidence TEXT NOT NULL, PRIMARY KEY (jail, subject)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS decisions (id INTEGER PRIMARY KEY AUTOINCREMENT, decision TEXT NOT NULL) STRICT;
`;

export interface Cursor {
  readonly matches: string;
  readonly cursor: string;
}

export interface Memory {
  positions(): readonly Position[];
  /** How far the journal has been read, for those who read these of its entries. */
  cursor(matches: string): string | undefined;
  standings(jail: string): readonly Remembered[];
  /** What root has not acknowledged yet. */
  unacknowledged(): readonly Said[];
  acknowledge(id: number): void;
  /** Forgets files that are not among these. */
  prune(positions: readonly Position[]): void;
  /** All of it at once. Returns what is to be said with its numbers. */
  keep(read: Position | Cursor | undefined, jails: readonly Jail[], unsaid: readonly Unsaid[]): Said[];
}

export function openMemory(database: DatabaseSync): Memory {
  // A crash of ours loses nothing; one of the machine loses what it loses of the logs themselves.
  database.exec(`PRAGMA synchronous = NORMAL; ${schema}`);
  const putPosition = database.prepare(
    "INSERT OR REPLACE INTO positions (path, inode, offset, head_length, head_digest) VALUES (?, ?, ?, ?, ?)",
  );
  const putCursor = database.prepare("INSERT OR REPLACE INTO cursors (matches, cursor) VALUES (?, ?)");
  const putStanding = database.prepare(
    "INSERT OR REPLACE INTO standings (jail, subject, failures, bans, banned_until, evidence) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const dropStanding = database.prepare("DELETE FROM standings WHERE jail = ? AND subject = ?");
  const putDecision = database.prepare("INSERT INTO decisions (decision) VALUES (?)");
  const dropDecision = database.prepare("DELETE FROM decisions WHERE id = ?");

  return {
    positions: () =>
      database
        .prepare("SELECT * FROM positions")
        .all()
        .map(({ path, inode, offset, head_length, head_digest }) => ({
          path: String(path),
          inode: Number(inode),
          offset: Number(offset),
          head: { length: Number(head_length), digest: String(head_digest) },
        })),
    standings: (jail) =>
      database
        .prepare("SELECT * FROM standings WHERE jail = ?")
        .all(jail)
        .map(({ subject, failures, bans, banned_until, evidence }) => ({
          subject: String(subject),
          standing: {
            failures: JSON.parse(String(failures)) as Standing["failures"],
            bans: Number(bans),
            bannedUntil: Number(banned_until),
          },
          evidence: JSON.parse(String(evidence)) as string[],
        })),
    // Ours alone; who hears it checks it.
    unacknowledged: () =>
      database
        .prepare("SELECT id, decision FROM decisions ORDER BY id")
        .all()
        .map(({ id, decision }) => ({ ...(JSON.parse(String(decision)) as Unsaid), id: Number(id) })),
    acknowledge: (id) => void dropDecision.run(id),
    prune(positions) {
      const here = new Set(positions.map(({ path, inode }) => `${path} ${inode}`));
      for (const { path, inode } of database.prepare("SELECT path, inode FROM positions").all())
        if (!here.has(`${path} ${inode}`))
          database.prepare("DELETE FROM positions WHERE path = ? AND inode = ?").run(path!, inode!);
    },
    cursor(matches) {
      const row = database.prepare("SELECT cursor FROM cursors WHERE matches = ?").get(matches);
      return row && String(row.cursor);
    },
    keep(read, jails, unsaid) {
      database.exec("BEGIN IMMEDIATE");
      try {
        if (read && "cursor" in read) putCursor.run(read.matches, read.cursor);
        else if (read) {
          const { path, inode, offset, head } = read;
          putPosition.run(path, inode, offset, head.length, head.digest);
        }
        for (const jail of jails)
          for (const change of jail.changes()) {
            const { subject, standing } = change;
            if (!standing) dropStanding.run(jail.config.name, subject);
            else {
              const { failures, bans, bannedUntil } = standing;
              const evidence = JSON.stringify(change.evidence);
              putStanding.run(jail.config.name, subject, JSON.stringify(failures), bans, bannedUntil, evidence);
            }
          }
        const made = unsaid.map((each) => {
          const { lastInsertRowid } = putDecision.run(JSON.stringify(each));
          return { ...each, id: Number(lastInsertRowid) };
        });
        database.exec("COMMIT");
        return made;
      } catch (error) {
        database.exec("ROLLBACK");
        throw error;
      }
    },
  };
}
