import type { Files } from "../host/files.ts";
import type { Observation } from "../model/happening.ts";
import { observationOf as banObserved, bansFile, openBans } from "../store/bans.ts";
import { openDatabase } from "../store/database.ts";
import { type GuardHistory, openGuardHistory } from "../store/guard-history.ts";
import { observationOf as keyObserved, openKeys } from "../store/keys.ts";

/** What this host's guard has written down, if it has one. */
export interface GuardLog {
  /** What happened after the event of that number. */
  after(number: number): ReturnType<GuardHistory["after"]>;
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
    everything: (now) =>
      reading(
        (database) => [
          ...[...openBans(database, readOnly).newest(now, most)].map((ban) => banObserved(ban)),
          ...openKeys(database, readOnly).uses().slice(0, most).map(keyObserved),
        ],
        [],
      ),
  };
}
