import type { DatabaseSync } from "node:sqlite";

/** Up to where each of a host's two logs of events has been told. */
export interface Told {
  readonly generations: number;
  readonly guard: number;
}

/** How far one way of telling has come. Times in milliseconds since 1970. */
export interface Telling extends Told {
  readonly sentAt?: number;
  /** Why it could not be sent the last time. */
  readonly problem?: string;
}

const schema = `CREATE TABLE IF NOT EXISTS notified (way TEXT PRIMARY KEY, generations INTEGER NOT NULL, guard INTEGER NOT NULL,
  sent_at INTEGER, problem TEXT) STRICT, WITHOUT ROWID;`;

export type Notified = ReturnType<typeof openNotified>;

/** Of what a host has told its people, by the way: `operators mail`. */
export function openNotified(database: DatabaseSync) {
  database.exec(schema);
  const find = database.prepare("SELECT * FROM notified WHERE way = ?");
  return {
    /** Where it stands; one that is new begins here. */
    begin(way: string, { generations, guard }: Told): Telling {
      // What is known is there also while nothing can be written.
      if (!find.get(way))
        database
          .prepare("INSERT INTO notified (way, generations, guard) VALUES (?, ?, ?)")
          .run(way, generations, guard);
      const row = find.get(way)!;
      return {
        generations: Number(row.generations),
        guard: Number(row.guard),
        ...(row.sent_at !== null && { sentAt: Number(row.sent_at) }),
        ...(row.problem !== null && { problem: String(row.problem) }),
      };
    },
    put(way: string, { generations, guard, sentAt, problem }: Telling) {
      database
        .prepare("UPDATE notified SET generations = ?, guard = ?, sent_at = ?, problem = ? WHERE way = ?")
        .run(generations, guard, sentAt ?? null, problem ?? null, way);
    },
    /** Of others nothing is known any longer. */
    keepOnly(ways: readonly string[]) {
      database
        .prepare("DELETE FROM notified WHERE way NOT IN (SELECT value FROM json_each(?))")
        .run(JSON.stringify(ways));
    },
  };
}
