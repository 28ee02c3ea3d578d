import type { DatabaseSync } from "node:sqlite";
import type { Observation } from "../model/happening.ts";
import { dayOf, endOfDay, type MailUse, type Sent } from "../model/mail-limit.ts";
import { hasTable, transaction } from "./database.ts";
import { type GuardEvent, openGuardHistory } from "./guard-history.ts";

const schema = `CREATE TABLE IF NOT EXISTS mail_sent (name TEXT NOT NULL, day TEXT NOT NULL, count INTEGER NOT NULL,
  PRIMARY KEY (name, day)) STRICT, WITHOUT ROWID;`;

/** Milliseconds for which it is remembered. */
const memory = 40 * 86_400_000;

export type MailCounts = ReturnType<typeof openMailCounts>;

/** How many messages the accounts of each limit have given to this host's mail server, by days. */
export function openMailCounts(database: DatabaseSync, { readOnly = false } = {}) {
  if (!readOnly) database.exec(schema);
  const history = openGuardHistory(database, { readOnly });
  return {
    add(sent: readonly Sent[], now: number) {
      transaction(database, () => {
        const put = database.prepare(
          "INSERT INTO mail_sent VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count",
        );
        for (const { limit, at, count } of sent) put.run(limit, dayOf(at), count);
        database.prepare("DELETE FROM mail_sent WHERE day < ?").run(dayOf(now - memory));
      });
    },
    sent: (name: string, day: string): number =>
      Number(database.prepare("SELECT count FROM mail_sent WHERE name = ? AND day = ?").get(name, day)?.count ?? 0),
    remember: (event: GuardEvent) => transaction(database, () => history.remember([event])),
    observe: (observation: Observation, at: number) =>
      transaction(database, () => history.remember([{ at, observation }])),
    /** How far each limit is used today. */
    observed: (now: number): readonly Observation[] =>
      // What watches may be of an older Upkeep, which did not count.
      hasTable(database, "mail_sent")
        ? database
            .prepare("SELECT name, count FROM mail_sent WHERE day = ? ORDER BY name")
            .all(dayOf(now))
            .map(({ name, count }) => observationOf(String(name), Number(count), now))
        : [],
  };
}

/** How far a limit is used, for whoever asks the estate. */
export const observationOf = (name: string, sent: number, now: number): Observation => ({
  watch: "mail",
  key: name,
  until: endOfDay(now),
  value: { day: dayOf(now), sent } satisfies MailUse,
});
