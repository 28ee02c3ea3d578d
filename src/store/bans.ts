import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { Banned } from "../model/ban.ts";
import { roughly } from "../model/duration.ts";
import type { Observation } from "../model/happening.ts";
import { transaction } from "./database.ts";
import { type GuardEvent, openGuardHistory } from "./guard-history.ts";

export const bansFile = "/var/lib/upkeep/bans.db";

/** What of the packet filter keeps somebody out, see `src/watches/jail/packet-filter.ts`; or of a server, in a directory. */
export interface Member {
  readonly set: string;
  readonly element: string;
}

/** Directories begin with a slash, and nothing else does. */
const places = {
  "packet filter": "NOT (place >= '/' AND place < '0')",
  servers: "place >= '/' AND place < '0'",
} as const;

const schema = `CREATE TABLE IF NOT EXISTS bans (address TEXT NOT NULL, jail TEXT NOT NULL, reason TEXT NOT NULL,
  ports TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL, number INTEGER NOT NULL, evidence TEXT NOT NULL, by_server INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (address, jail)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS bans_by_end ON bans (until);
CREATE TABLE IF NOT EXISTS members (place TEXT NOT NULL, element TEXT NOT NULL, until INTEGER NOT NULL,
  PRIMARY KEY (place, element)) STRICT, WITHOUT ROWID;`;

export type Bans = ReturnType<typeof openBans>;

/** Who is banned on this host, for as long as that lasts. */
export function openBans(database: DatabaseSync, { readOnly = false } = {}) {
  if (!readOnly) database.exec(schema);
  const put = database.prepare(
    "INSERT OR REPLACE INTO bans (address, jail, reason, ports, since, until, number, evidence, by_server) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const putMember = database.prepare(
    "INSERT INTO members (place, element, until) VALUES (?, ?, ?) ON CONFLICT (place, element) DO UPDATE SET until = max(until, excluded.until)",
  );
  const drop = database.prepare("DELETE FROM bans WHERE address = ?");
  const find = database.prepare("SELECT * FROM bans WHERE address = ?");
  const history = openGuardHistory(database, { readOnly });
  const dropMember = database.prepare("DELETE FROM members WHERE place = ? AND element = ?");

  return {
    put(bans: readonly Banned[], membersOf: (ban: Banned) => readonly Member[]) {
      transaction(database, () => {
        for (const ban of bans) {
          const { address, jail = "", reason, ports, since, until, number, evidence } = ban;
          put.run(
            address,
            jail,
            reason,
            JSON.stringify(ports),
            since,
            until,
            number,
            JSON.stringify(evidence),
            ban.byServer ? 1 : 0,
          );
          for (const { set, element } of membersOf(ban)) putMember.run(set, element, until);
        }
        history.remember(bans.map((ban) => eventOf(ban, "banned", ban.since)));
      });
    },
    /** Returns whether there was any. */
    drop: (address: string, members: readonly Member[], now: number): boolean =>
      transaction(database, () => {
        history.remember(find.all(address).map((row) => eventOf(toBan(row), "unbanned", now)));
        for (const { set, element } of members) dropMember.run(set, element);
        return Number(drop.run(address).changes) > 0;
      }),
    /** What keeps them out, a set after the other; one at a time, because they may be very many. */
    *members(now: number, of: keyof typeof places): Generator<Member & { readonly remaining: number }> {
      const lasting = `SELECT place, element, until FROM members WHERE until > ? AND ${places[of]} ORDER BY place`;
      const select = database.prepare(lasting);
      select.setReturnArrays(true);
      for (const row of select.iterate(now) as unknown as Iterable<readonly [string, string, number]>)
        yield { set: row[0], element: row[1], remaining: row[2] - now };
    },
    count: (now: number): number =>
      Number(database.prepare("SELECT count(*) AS count FROM bans WHERE until > ?").get(now)!.count),
    /** How many of those that last each jail has made; without a name, by hand. */
    counts: (now: number): Readonly<Record<string, number>> =>
      Object.fromEntries(
        database
          .prepare("SELECT jail, count(*) AS count FROM bans WHERE until > ? GROUP BY jail")
          .all(now)
          .map(({ jail, count }) => [String(jail), Number(count)]),
      ),
    find: (address: string): readonly Banned[] => find.all(address).map(toBan),
    /** Those that last, in the order in which they began. */
    all: (now: number): readonly Banned[] =>
      database.prepare("SELECT * FROM bans WHERE until > ? ORDER BY since, address").all(now).map(toBan),
    /** The newest of those that last, one at a time. */
    *newest(now: number, limit: number): Generator<Banned> {
      const lasting = "SELECT * FROM bans WHERE until > ? ORDER BY since DESC LIMIT ?";
      for (const row of database.prepare(lasting).iterate(now, limit)) yield toBan(row);
    },
    forgetOld(now: number): void {
      database.prepare("DELETE FROM bans WHERE until <= ?").run(now);
      database.prepare("DELETE FROM members WHERE until <= ?").run(now);
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
  ...(row.by_server === 1 && { byServer: true }),
});

const eventOf = (ban: Banned, is: "banned" | "unbanned", at: number): GuardEvent => ({
  is,
  says: is === "banned" ? `${ban.address} for ${roughly(ban.until - ban.since)}: ${ban.reason}` : ban.address,
  at,
  observation: observationOf(ban, is),
});

export const observationOf = (ban: Banned, is: "banned" | "unbanned" = "banned"): Observation => ({
  watch: "bans",
  key: `${ban.address} ${ban.jail ?? ""}`.trim(),
  until: ban.until,
  ...(is === "banned" && { value: ban }),
});
