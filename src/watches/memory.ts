import type { DatabaseSync } from "node:sqlite";
import type { Position } from "../host/follow-files.ts";
import type { Standing } from "./jail/counting.ts";
import type { Jail, Remembered } from "./jail/jail.ts";
import type { Said, Unsaid } from "./watch.ts";

/*
 * What the watches have to know to go on where they were: how far each log has been read, what has been counted, and what
 * has been decided and not acknowledged. It changes together, so that whenever they are killed, no line counts twice.
 *
 * All of it is known at once, and waits here until a transaction has it on the disk: what a full disk does not take comes
 * with the next attempt, and whoever asks meanwhile is told what is known.
 */

const schema = `
CREATE TABLE IF NOT EXISTS positions (path TEXT NOT NULL, inode INTEGER NOT NULL, offset INTEGER NOT NULL,
  head_length INTEGER NOT NULL, head_digest TEXT NOT NULL, PRIMARY KEY (path, inode)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cursors (matches TEXT PRIMARY KEY, cursor TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS standings (jail TEXT NOT NULL, subject TEXT NOT NULL, failures TEXT NOT NULL,
  bans INTEGER NOT NULL, banned_until INTEGER NOT NULL, evidence TEXT NOT NULL, PRIMARY KEY (jail, subject)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS decisions (id INTEGER PRIMARY KEY AUTOINCREMENT, decision TEXT NOT NULL) STRICT;
`;

/**
 * After something could not be written, "it can be written" means: all that waits, and so many bytes more, have been written
 * in one transaction. One without a change succeeds on a full disk, too, and a small one fits into the rest of a page.
 * Where SQLite's log has room left for all of that, it does count: then it is on the disk.
 */
const proof = 1 << 16;
const prove = `CREATE TABLE IF NOT EXISTS proofs (bytes BLOB NOT NULL) STRICT; INSERT INTO proofs VALUES (randomblob(${proof}))`;
const forgetProof = "DROP TABLE IF EXISTS proofs";

/** So much of a kind waits at most: whoever fails from ever more addresses while the disk is full does not fill our memory. */
const mostWaiting = 100_000;

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
  keep(read: Position | Cursor | undefined, jails: readonly Jail[], unsaid: readonly Unsaid[]): readonly Said[];
  /** Has on the disk, together, all that waits. Throws where it cannot; then it waits on. */
  write(): void;
}

type Changed = ReturnType<Jail["changes"]>[number];

export function openMemory(database: DatabaseSync): Memory {
  // A crash of ours loses nothing; one of the machine loses what it loses of the logs themselves.
  database.exec(`PRAGMA synchronous = NORMAL; ${schema}`);
  const putPosition = database.prepare(
    "INSERT OR REPLACE INTO positions (path, inode, offset, head_length, head_digest) VALUES (?, ?, ?, ?, ?)",
  );
  const dropPosition = database.prepare("DELETE FROM positions WHERE path = ? AND inode = ?");
  const putCursor = database.prepare("INSERT OR REPLACE INTO cursors (matches, cursor) VALUES (?, ?)");
  const putStanding = database.prepare(
    "INSERT OR REPLACE INTO standings (jail, subject, failures, bans, banned_until, evidence) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const dropStanding = database.prepare("DELETE FROM standings WHERE jail = ? AND subject = ?");
  const putDecision = database.prepare("INSERT INTO decisions (id, decision) VALUES (?, ?)");
  const dropDecision = database.prepare("DELETE FROM decisions WHERE id = ?");
  // Of what was never written down, numbers may come again after a restart; it is worked out again then.
  let newest = Number(
    database.prepare("SELECT max(seq) AS id FROM sqlite_sequence WHERE name = 'decisions'").get()!.id ?? 0,
  );

  const positions = new Map<string, Position>();
  const cursors = new Map<string, string>();
  const standings = new Map<string, Map<string, Changed>>();
  const decisions = new Map<number, Unsaid>();
  const acknowledged = new Set<number>();
  /** Of others nothing is to be known. */
  let here: ReadonlySet<string> | undefined;
  /** Something could not be written, and nothing has been since. */
  let isStuck = false;

  const nameOf = ({ path, inode }: Pick<Position, "path" | "inode">) => `${path} ${inode}`;
  const isAnything = () =>
    here !== undefined || [positions, cursors, standings, decisions, acknowledged].some(({ size }) => size > 0);

  function wait(jail: string, changes: readonly Changed[]) {
    if (changes.length === 0) return;
    const waiting = standings.get(jail) ?? new Map<string, Changed>();
    standings.set(jail, waiting);
    for (const change of changes) waiting.set(change.subject, change);
    // What is over goes by itself, once it is looked at after a restart.
    if (waiting.size > mostWaiting)
      for (const [subject, { standing }] of waiting) if (!standing) waiting.delete(subject);
  }

  function writeAll() {
    if (here)
      for (const { path, inode } of database.prepare("SELECT path, inode FROM positions").all())
        if (!here.has(`${path} ${inode}`)) dropPosition.run(path!, inode!);
    for (const { path, inode, offset, head } of positions.values())
      putPosition.run(path, inode, offset, head.length, head.digest);
    for (const [matches, cursor] of cursors) putCursor.run(matches, cursor);
    for (const [jail, changes] of standings)
      for (const { subject, ...change } of changes.values()) {
        if (!change.standing) dropStanding.run(jail, subject);
        else {
          const { failures, bans, bannedUntil } = change.standing;
          const evidence = JSON.stringify(change.evidence);
          putStanding.run(jail, subject, JSON.stringify(failures), bans, bannedUntil, evidence);
        }
      }
    for (const [id, decision] of decisions) putDecision.run(id, JSON.stringify(decision));
    for (const id of acknowledged) dropDecision.run(id);
  }

  return {
    positions() {
      const known = database
        .prepare("SELECT * FROM positions")
        .all()
        .map(({ path, inode, offset, head_length, head_digest }) => ({
          path: String(path),
          inode: Number(inode),
          offset: Number(offset),
          head: { length: Number(head_length), digest: String(head_digest) },
        }));
      return [...new Map([...known.map((each) => [nameOf(each), each] as const), ...positions]).values()];
    },
    cursor(matches) {
      const row = database.prepare("SELECT cursor FROM cursors WHERE matches = ?").get(matches);
      return cursors.get(matches) ?? (row && String(row.cursor));
    },
    standings(jail) {
      const known = database
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
        }));
      const all = new Map<string, Changed>(known.map((each) => [each.subject, each]));
      for (const [subject, change] of standings.get(jail) ?? []) all.set(subject, change);
      return [...all.values()].filter((each) => each.standing !== undefined);
    },
    // Ours alone; who hears it checks it.
    unacknowledged() {
      const known = database
        .prepare("SELECT id, decision FROM decisions ORDER BY id")
        .all()
        .map(({ id, decision }) => ({ ...(JSON.parse(String(decision)) as Unsaid), id: Number(id) }))
        .filter(({ id }) => !acknowledged.has(id));
      return [...known, ...[...decisions].map(([id, decision]) => ({ ...decision, id }))];
    },
    acknowledge(id) {
      if (!decisions.delete(id)) acknowledged.add(id);
    },
    prune(all) {
      here = new Set(all.map(nameOf));
      for (const name of positions.keys()) if (!here.has(name)) positions.delete(name);
    },
    keep(read, jails, unsaid) {
      if (read && "cursor" in read) cursors.set(read.matches, read.cursor);
      else if (read) positions.set(nameOf(read), read);
      for (const jail of jails) wait(jail.config.name, jail.changes());
      const said = unsaid.map((each): Said => ({ ...each, id: ++newest }));
      for (const { id, ...each } of said) decisions.set(id, each);
      // The oldest has been said; only after a restart it would be said again.
      while (decisions.size > mostWaiting) decisions.delete(decisions.keys().next().value!);
      return said;
    },
    write() {
      if (!isStuck && !isAnything()) return;
      try {
        database.exec("BEGIN IMMEDIATE");
        writeAll();
        if (isStuck) database.exec(prove);
        database.exec("COMMIT");
      } catch (error) {
        isStuck = true;
        // On a full disk SQLite has done so by itself.
        if (database.isTransaction) database.exec("ROLLBACK");
        throw error;
      }
      for (const each of [positions, cursors, standings, decisions, acknowledged]) each.clear();
      here = undefined;
      if (isStuck) database.exec(forgetProof);
      isStuck = false;
    },
  };
}
