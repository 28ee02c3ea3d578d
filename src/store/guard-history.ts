import type { DatabaseSync } from "node:sqlite";
import type { HostEvent, Observation } from "../model/happening.ts";
import type { ResourceRef } from "../model/resource.ts";
import { addColumn } from "./database.ts";

/** What the guard has done or seen, and what that makes of an observation. */
export interface GuardEvent extends Omit<HostEvent, "log" | "number"> {
  readonly observation?: Observation;
}

const schema = `CREATE TABLE IF NOT EXISTS history (number INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL,
  event TEXT, says TEXT NOT NULL, observation TEXT, ref TEXT) STRICT;`;

/** So much is remembered. */
const most = 10_000;

export type GuardHistory = ReturnType<typeof openGuardHistory>;

/** In order, for whoever has to tell of it; an event without a name is an observation alone. */
export function openGuardHistory(database: DatabaseSync, { readOnly = false } = {}) {
  if (!readOnly) {
    database.exec(schema);
    addColumn(database, "history", "ref TEXT");
  }
  const put = database.prepare("INSERT INTO history (at, event, says, observation, ref) VALUES (?, ?, ?, ?, ?)");
  const forget = database.prepare("DELETE FROM history WHERE number <= (SELECT max(number) FROM history) - ?");
  return {
    remember(events: readonly (GuardEvent | { readonly at: number; readonly observation: Observation })[]) {
      for (const { at, observation, ...event } of events) {
        const { is = null, says = "", ref = null } = "is" in event ? event : {};
        put.run(at, is, says, observation ? JSON.stringify(observation) : null, ref);
      }
      forget.run(most);
    },
    /** The number of the latest. */
    newest: (): number => Number(database.prepare("SELECT max(number) AS number FROM history").get()?.number ?? 0),
    /** When there was last an event of each name. */
    latest: (): Readonly<Partial<Record<HostEvent["is"], number>>> =>
      Object.fromEntries(
        database
          .prepare("SELECT event, max(at) AS at FROM history WHERE event IS NOT NULL GROUP BY event")
          .all()
          .map(({ event, at }) => [event as HostEvent["is"], Number(at)]),
      ),
    after(number: number): {
      readonly last: number;
      readonly events: HostEvent[];
      readonly observations: Observation[];
    } {
      const rows = database.prepare("SELECT * FROM history WHERE number > ? ORDER BY number").all(number);
      return {
        last: Number(rows.at(-1)?.number ?? number),
        events: rows.flatMap(({ number, at, event, says, ref }): HostEvent[] =>
          event === null
            ? []
            : [
                {
                  is: event as HostEvent["is"],
                  ...(typeof ref === "string" && { ref: ref as ResourceRef }),
                  says: String(says),
                  log: "guard",
                  number: Number(number),
                  at: Number(at),
                },
              ],
        ),
        observations: rows.flatMap(({ observation }) =>
          observation === null ? [] : [JSON.parse(String(observation)) as Observation],
        ),
      };
    },
  };
}
