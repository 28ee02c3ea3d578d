import type { DatabaseSync, SQLOutputValue } from "node:sqlite";

/** Somebody who is kept out, and why. Times in milliseconds since 1970. */
export interface Banned {
  /** An address or a network. */
  readonly address: string;
  /** Which jail it was; nothing if it was a person. */
  readonly jail: string | undefined;
  readonly reason: string;
  /** Ports that are closed to it; without any, all of them. */
  readonly ports: readonly number[];
  readonly since: number;
  readonly until: number;
  /** The how many-th time. */
  readonly number: number;
  readonly evidence: readonly string[];
}

const schema = `CREATE TABLE IF NOT EXISTS bans (address TEXT NOT NULL, jail TEXT NOT NULL, reason TEXT NOT NULL,
  ports TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL, number INTEGER NOT NULL, evidence TEXT NOT NULL,
  PRIMARY KEY (address, jail)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS bans_by_end ON bans (until);`;

export type Bans = ReturnType<typeof openBans>;

/** Who is banned on this host, for as long as that lasts. */
export function openBans(database: DatabaseSync) {
  database.exec(schema);
  const put = database.prepare(
    "INSERT OR REPLACE INTO bans (address, jail, reason, ports, since, until, number, evidence) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const drop = database.prepare("DELETE FROM bans WHERE address = ?");

  return {
    put(bans: readonly Banned[]) {
      database.exec("BEGIN IMMEDIATE");
      for (const { address, jail = "", reason, ports, since, until, number, evidence } of bans)
        put.run(address, jail, reason, JSON.stringify(ports), since, until, number, JSON.stringify(evidence));
      database.exec("COMMIT");
    },
    /** Returns whether there was any. */
    drop: (address: string): boolean => Number(drop.run(address).changes) > 0,
    find: (address: string): readonly Banned[] =>
      database.prepare("SELECT * FROM bans WHERE address = ?").all(address).map(toBan),
    /** Those that last, in the order in which they began; what is over is forgotten. */
    all(now: number): readonly Banned[] {
      database.prepare("DELETE FROM bans WHERE until <= ?").run(now);
      return database.prepare("SELECT * FROM bans ORDER BY since, address").all().map(toBan);
    },
  };
}

const toBan = (row: Readonly<Record<string, SQLOutputValue>>): Banned => ({
  address: String(row.address),
  jail: row.jail === "" ? undefined : String(row.jail),
  reason: String(row.reason),
  ports: JSON.parse(String(row.ports)) as number[],
  since: Number(row.since),
  until: Number(row.until),
  number: Number(row.number),
  evidence: JSON.parse(String(row.evidence)) as string[],
});
