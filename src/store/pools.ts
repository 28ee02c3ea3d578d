import type { DatabaseSync } from "node:sqlite";
import type { Observation } from "../model/happening.ts";
import { transaction } from "./database.ts";
import { type GuardEvent, openGuardHistory } from "./guard-history.ts";

/** Somebody has taken an address out of a pool. */
export interface Drain {
  readonly pool: string;
  readonly address: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** An address was up or down from then on. */
export interface PoolChange {
  readonly pool: string;
  readonly address: string;
  readonly at: number;
  readonly isUp: boolean;
  readonly says: string;
}

const schema = `
CREATE TABLE IF NOT EXISTS drains (pool TEXT NOT NULL, address TEXT NOT NULL, until INTEGER NOT NULL,
  PRIMARY KEY (pool, address)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pool_changes (number INTEGER PRIMARY KEY AUTOINCREMENT, pool TEXT NOT NULL, address TEXT NOT NULL,
  at INTEGER NOT NULL, up INTEGER NOT NULL, says TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS certificates_that_end (pool TEXT NOT NULL, address TEXT NOT NULL, ends INTEGER NOT NULL,
  PRIMARY KEY (pool, address)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pool_observations (key TEXT PRIMARY KEY, observation TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS pool_changes_by_pool ON pool_changes (pool, at);
`;

/** Milliseconds for which changes are remembered. */
const memory = 90 * 86_400_000;

export type Pools = ReturnType<typeof openPools>;

/** What a host knows of pools beyond what it publishes. */
export function openPools(database: DatabaseSync, { readOnly = false } = {}) {
  if (!readOnly) database.exec(schema);
  const history = openGuardHistory(database, { readOnly });
  return {
    drain(drain: Drain, event: GuardEvent) {
      transaction(database, () => {
        database
          .prepare("INSERT OR REPLACE INTO drains (pool, address, until) VALUES (?, ?, ?)")
          .run(drain.pool, drain.address, drain.until);
        history.remember([event]);
      });
    },
    /** Returns whether it was out. */
    undrain: (pool: string, address: string, event: GuardEvent): boolean =>
      transaction(database, () => {
        const { changes } = database.prepare("DELETE FROM drains WHERE pool = ? AND address = ?").run(pool, address);
        if (Number(changes) > 0) history.remember([event]);
        return Number(changes) > 0;
      }),
    /** Says once of each certificate when it ends. Returns whether it was said. */
    warn: ({ pool, address, ends }: { pool: string; address: string; ends: number }, event: GuardEvent): boolean =>
      transaction(database, () => {
        const { changes } = database
          .prepare(
            "INSERT INTO certificates_that_end VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET ends = excluded.ends WHERE ends <> excluded.ends",
          )
          .run(pool, address, ends);
        if (Number(changes) > 0) history.remember([event]);
        return Number(changes) > 0;
      }),
    drains: (now: number): readonly Drain[] =>
      database
        .prepare("SELECT * FROM drains WHERE until > ?")
        .all(now)
        .map(({ pool, address, until }) => ({ pool: String(pool), address: String(address), until: Number(until) })),
    note(change: PoolChange) {
      const { pool, address, at, isUp, says } = change;
      transaction(database, () => {
        database
          .prepare("INSERT INTO pool_changes (pool, address, at, up, says) VALUES (?, ?, ?, ?, ?)")
          .run(pool, address, at, isUp ? 1 : 0, says);
        database.prepare("DELETE FROM pool_changes WHERE at < ?").run(at - memory);
      });
    },
    remember(events: readonly GuardEvent[]) {
      transaction(database, () => history.remember(events));
    },
    /** What is so from now on; without a value: what is so no longer. */
    observe(observations: readonly Observation[], at: number) {
      transaction(database, () => {
        for (const observation of observations) {
          if (observation.value === undefined)
            database.prepare("DELETE FROM pool_observations WHERE key = ?").run(observation.key);
          else
            database
              .prepare("INSERT OR REPLACE INTO pool_observations (key, observation) VALUES (?, ?)")
              .run(observation.key, JSON.stringify(observation));
        }
        history.remember(observations.map((observation) => ({ at, observation })));
      });
    },
    observed: (): readonly Observation[] =>
      database
        .prepare("SELECT observation FROM pool_observations ORDER BY key")
        .all()
        .map(({ observation }) => JSON.parse(String(observation)) as Observation),
    changes: (pool: string, since: number): readonly PoolChange[] =>
      database
        .prepare("SELECT * FROM pool_changes WHERE pool = ? AND at >= ? ORDER BY number")
        .all(pool, since)
        .map(({ pool, address, at, up, says }) => ({
          pool: String(pool),
          address: String(address),
          at: Number(at),
          isUp: up === 1,
          says: String(says),
        })),
  };
}
