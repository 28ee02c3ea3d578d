import type { Files } from "../host/files.ts";
import type { Banned } from "../model/ban.ts";
import { roughly } from "../model/duration.ts";
import type { HostEvent, Observation } from "../model/happening.ts";
import { type BanEvent, type Bans, bansFile, openBans } from "../store/bans.ts";
import { openDatabase } from "../store/database.ts";

/** What this host's guard has written down, if it has one. */
export interface GuardLog {
  /** What happened after the event of that number. */
  eventsAfter(number: number): readonly BanEvent[];
  /** Who is banned now, or the newest of them. */
  everybody(now: number): readonly Observation[];
}

/** More than a person reads. */
const most = 10_000;

export const openGuardLog = (files: Pick<Files, "stat">): GuardLog => ({
  eventsAfter: (number) => reading(files, (bans) => bans.eventsAfter(number)),
  everybody: (now) => reading(files, (bans) => [...bans.newest(now, most)].map((ban) => observationOf(ban))),
});

function reading<T>(files: Pick<Files, "stat">, read: (bans: Bans) => readonly T[]): readonly T[] {
  if (!files.stat(bansFile)) return [];
  const database = openDatabase(bansFile, { readOnly: true });
  try {
    return read(openBans(database, { readOnly: true }));
  } finally {
    database.close();
  }
}

/** What that makes of who is banned. */
export const observationOf = (ban: Banned, is: BanEvent["is"] = "banned"): Observation => ({
  watch: "bans",
  key: `${ban.address} ${ban.jail ?? ""}`.trim(),
  until: ban.until,
  ...(is === "banned" && { value: ban }),
});

export const eventOf = ({ number, at, is, ban: { address, since, until, reason } }: BanEvent): HostEvent => ({
  is,
  says: is === "banned" ? `${address} for ${roughly(until - since)}: ${reason}` : address,
  log: "guard",
  number,
  at,
});
