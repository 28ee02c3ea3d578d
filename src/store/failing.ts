import type { DatabaseSync } from "node:sqlite";
import { type Announcement, lately, type ToldFailing } from "../model/failing.ts";
import { transaction } from "./database.ts";
import { openGuardHistory } from "./guard-history.ts";

const schema = `CREATE TABLE IF NOT EXISTS failing (name TEXT PRIMARY KEY, what TEXT NOT NULL, why TEXT NOT NULL,
  at INTEGER NOT NULL, times INTEGER NOT NULL, over INTEGER) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS guard_lives (started INTEGER PRIMARY KEY, is_clean INTEGER NOT NULL) STRICT;`;

/** So many lives of the guard are remembered. */
const livesKept = 20;

export type Failing = ReturnType<typeof openFailing>;

/** What people have been told of what does not work, by whichever process saw it first. */
export function openFailing(database: DatabaseSync) {
  database.exec(schema);
  const history = openGuardHistory(database);
  const put = database.prepare(
    "INSERT OR REPLACE INTO failing (name, what, why, at, times, over) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const find = database.prepare("SELECT at, over FROM failing WHERE name = ?");
  const forget = database.prepare("DELETE FROM failing WHERE over IS NOT NULL AND at < ?");
  return {
    told: (): ReadonlyMap<string, ToldFailing> =>
      new Map(
        database
          .prepare("SELECT * FROM failing")
          .all()
          .map(({ name, what, why, at, times, over }) => [
            String(name),
            {
              what: String(what),
              why: String(why),
              at: Number(at),
              times: Number(times),
              ...(over !== null && { over: Number(over) }),
            },
          ]),
      ),
    /** Writes down what is told, and that it happened. Returns what nobody else has told meanwhile. */
    announce: (announcements: readonly Announcement[], at: number): readonly Announcement[] =>
      transaction(database, () => {
        const news = announcements.filter(({ name, is }) => {
          const known = find.get(name);
          return is === "failing" ? !known || known.over !== null : known?.over === null;
        });
        for (const { name, told } of news) put.run(name, told.what, told.why, told.at, told.times, told.over ?? null);
        // What is over counts for how often it came and went, and no longer than that.
        forget.run(at - lately);
        history.remember(
          news.map(({ is, says, ref }) => ({ is, says: says.slice(0, 1_000), at, ...(ref !== undefined && { ref }) })),
        );
        return news;
      }),
    /** The guard has been started. Returns how often since then it has ended without having been told to. */
    begin(now: number, since: number): number {
      const unclean = database
        .prepare("SELECT count(*) AS count FROM guard_lives WHERE is_clean = 0 AND started > ?")
        .get(since);
      database.prepare("INSERT OR REPLACE INTO guard_lives (started, is_clean) VALUES (?, 0)").run(now);
      database
        .prepare(
          "DELETE FROM guard_lives WHERE started NOT IN (SELECT started FROM guard_lives ORDER BY started DESC LIMIT ?)",
        )
        .run(livesKept);
      return Number(unclean!.count);
    },
    /** It ends because it was told to. */
    end(started: number) {
      database.prepare("UPDATE guard_lives SET is_clean = 1 WHERE started = ?").run(started);
    },
  };
}
