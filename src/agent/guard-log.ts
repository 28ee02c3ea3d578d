import type { Files } from "../host/files.ts";
import type { Figures } from "../model/figures.ts";
import type { Observation } from "../model/happening.ts";
import { poolMemberSchema } from "../model/pool-member.ts";
import { observationOf as banObserved, bansFile, openBans } from "../store/bans.ts";
import { openDatabase } from "../store/database.ts";
import { type GuardHistory, openGuardHistory } from "../store/guard-history.ts";
import { observationOf as keyObserved, openKeys } from "../store/keys.ts";
import { openMailCounts } from "../store/mail-counts.ts";
import { openPools } from "../store/pools.ts";

/** What this host's guard has written down, if it has one. */
export interface GuardLog {
  /** What happened after the event of that number. */
  after(number: number): ReturnType<GuardHistory["after"]>;
  /** In numbers. */
  figures(now: number): Pick<Figures, "bans" | "pools" | "latest">;
  /** What is so now, or the newest of it. */
  everything(now: number): readonly Observation[];
}

/** More than a person reads. */
const most = 10_000;

export function openGuardLog(files: Pick<Files, "stat">): GuardLog {
  const readOnly = { readOnly: true };
  function reading<T>(read: (database: ReturnType<typeof openDatabase>) => T, without: T): T {
    if (!files.stat(bansFile)) return without;
    const database = openDatabase(bansFile, readOnly);
    try {
      return read(database);
    } finally {
      database.close();
    }
  }
  return {
    after: (number) =>
      reading((database) => openGuardHistory(database, readOnly).after(number), {
        last: number,
        events: [],
        observations: [],
      }),
    figures: (now) =>
      reading(
        (database) => ({
          bans: openBans(database, readOnly).counts(now),
          pools: openPools(database, readOnly)
            .observed()
            .map(({ value }) => poolMemberSchema.parse(value)),
          latest: openGuardHistory(database, readOnly).latest(),
        }),
        { bans: {}, pools: [], latest: {} },
      ),
    everything: (now) =>
      reading(
        (database) => [
          ...[...openBans(database, readOnly).newest(now, most)].map((ban) => banObserved(ban)),
          ...openKeys(database, readOnly).uses().slice(0, most).map(keyObserved),
          ...openPools(database, readOnly).observed().slice(0, most),
          ...openMailCounts(database, readOnly).observed(now).slice(0, most),
        ],
        [],
      ),
  };
}
