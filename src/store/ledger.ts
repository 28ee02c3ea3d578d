import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { Applied, Known, Settlement } from "../model/applied.ts";
import type { Condition, ConditionState } from "../model/condition.ts";
import type { Generation, GenerationDraft, GenerationOutline, JournalEntry } from "../model/generation.ts";
import type { Probe } from "../model/probe.ts";
import type { ResourceRef } from "../model/resource.ts";
import { begin, transaction } from "./database.ts";

/*
 * What is live on this host, and the journal of what is under way. Always a local SQLite file, whatever holds the
 * estate's records: a host stands alone. Plain prepared statements, since every apply passes through here.
 */

const schema = `
CREATE TABLE IF NOT EXISTS applied (
  id INTEGER PRIMARY KEY, ref TEXT NOT NULL UNIQUE, revision INTEGER NOT NULL, context TEXT NOT NULL,
  known TEXT NOT NULL, needs TEXT NOT NULL, spec TEXT NOT NULL, probe TEXT, address TEXT) STRICT;
CREATE TABLE IF NOT EXISTS contents (path TEXT NOT NULL UNIQUE, ref TEXT NOT NULL, content TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS contents_by_ref ON contents (ref);
CREATE TABLE IF NOT EXISTS needs (need TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS generations (
  number INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, state TEXT NOT NULL, cause TEXT NOT NULL,
  summary TEXT NOT NULL, resources TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS journal (number INTEGER PRIMARY KEY, entries TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS conditions (ref TEXT PRIMARY KEY, state TEXT NOT NULL, message TEXT NOT NULL, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS conditions_by_state ON conditions (state);
CREATE TABLE IF NOT EXISTS decisions (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;

type Row = Record<string, SQLOutputValue>;

const json = <T>(value: SQLOutputValue | undefined): T => JSON.parse(String(value)) as T;

const toOutline = (row: Row): GenerationOutline => ({
  number: Number(row.number),
  at: Number(row.at),
  state: row.state as Generation["state"],
  cause: String(row.cause),
  summary: String(row.summary),
});

const toGeneration = (row: Row): Generation => ({ ...toOutline(row), resources: json(row.resources) });

export function openLedger(database: DatabaseSync, { readOnly = false } = {}) {
  if (!readOnly) database.exec(schema);
  const prepare = (sql: string) => {
    let statement: ReturnType<DatabaseSync["prepare"]> | undefined;
    return () => (statement ??= database.prepare(sql));
  };
  const find = prepare("SELECT * FROM applied WHERE ref = ?");
  const putApplied = prepare(`INSERT INTO applied (ref, revision, context, known, needs, spec, probe, address)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (ref) DO UPDATE SET revision = excluded.revision, context = excluded.context,
    known = excluded.known, needs = excluded.needs, spec = excluded.spec, probe = excluded.probe, address = excluded.address`);
  const needsOf = prepare("SELECT needs FROM applied WHERE ref = ?");
  const dropApplied = prepare("DELETE FROM applied WHERE ref = ?");
  const putContent = prepare("INSERT OR REPLACE INTO contents (path, ref, content) VALUES (?, ?, ?)");
  const dropContents = prepare("DELETE FROM contents WHERE ref = ?");
  const countNeed = prepare(
    "INSERT INTO needs (need, count) VALUES (?, ?) ON CONFLICT (need) DO UPDATE SET count = count + excluded.count",
  );
  const putCondition = prepare("INSERT OR REPLACE INTO conditions (ref, state, message, at) VALUES (?, ?, ?, ?)");
  const dropCondition = prepare("DELETE FROM conditions WHERE ref = ?");
  const setState = prepare("UPDATE generations SET state = ? WHERE number = ?");

  const applied = (ref: ResourceRef): Applied | undefined => {
    const row = find().get(ref);
    if (!row) return undefined;
    return {
      ref,
      revision: Number(row.revision),
      context: String(row.context),
      spec: json(row.spec),
      known: json<Known[]>(row.known),
      needs: json<string[]>(row.needs),
      ...(row.probe !== null && { probe: json<Probe>(row.probe) }),
      ...(row.address !== null && { address: String(row.address) }),
    };
  };
  const writeConditions = (conditions: readonly Condition[]) => {
    for (const { ref, state, message, at } of conditions) putCondition().run(ref, state, message, at);
  };

  return {
    applied,
    *overview() {
      for (const row of database.prepare("SELECT ref, revision, context, known FROM applied").iterate()) {
        yield {
          ref: row.ref as ResourceRef,
          revision: Number(row.revision),
          context: String(row.context),
          known: json<Known[]>(row.known),
        };
      }
    },
    needs: () =>
      new Map(
        database
          .prepare("SELECT need, count FROM needs WHERE count > 0")
          .all()
          .map(({ need, count }) => [String(need), Number(count)]),
      ),
    needing: (needs: readonly string[]) =>
      database
        .prepare(
          "SELECT DISTINCT ref FROM applied, json_each(applied.needs) AS need WHERE need.value IN (SELECT value FROM json_each(?)) ORDER BY ref",
        )
        .all(JSON.stringify(needs))
        .map(({ ref }) => ref as ResourceRef),
    content(path: string): string | undefined {
      const row = database.prepare("SELECT content FROM contents WHERE path = ?").get(path);
      return row ? String(row.content) : undefined;
    },
    certificates(refs?: readonly ResourceRef[]) {
      const rows = database
        .prepare(
          `SELECT ref, json_extract(spec, '$.tls.certificate') AS path FROM applied WHERE path IS NOT NULL
          AND (?1 IS NULL OR ref IN (SELECT value FROM json_each(?1))) ORDER BY ref`,
        )
        .all(refs ? JSON.stringify(refs) : null);
      return rows.map(({ ref, path }) => ({ ref: ref as ResourceRef, path: String(path) }));
    },
    someProbes(count: number, turn: number) {
      const last = Number(database.prepare("SELECT max(id) AS last FROM applied").get()?.last ?? 0);
      const rows = database
        .prepare("SELECT ref, probe FROM applied WHERE id > ? AND probe IS NOT NULL LIMIT ?")
        .all(last > count ? (turn * count) % last : 0, count);
      return rows.map(({ ref, probe }) => ({ ref: ref as ResourceRef, probe: json<Probe>(probe) }));
    },

    prepare({ cause, summary, at, resources }: GenerationDraft, entries: (number: number) => readonly JournalEntry[]) {
      const last = database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'generations'").get();
      const number = Number(last?.seq ?? 0) + 1;
      const journal = entries(number);
      let texts: { readonly resources: string; readonly journal: string } | undefined = {
        resources: JSON.stringify(resources),
        journal: JSON.stringify(journal),
      };
      return {
        number,
        journal,
        open: () => {
          const { resources: specs, journal: steps } = texts!;
          // They are large, and the generation lives long.
          texts = undefined;
          transaction(database, () => {
            database
              .prepare(
                "INSERT INTO generations (number, at, state, cause, summary, resources) VALUES (?, ?, 'open', ?, ?, ?)",
              )
              .run(number, at, cause, summary, specs);
            database.prepare("INSERT INTO journal (number, entries) VALUES (?, ?)").run(number, steps);
          });
        },
      };
    },
    committed(number: number) {
      setState().run("committed", number);
    },
    settle(number: number | undefined, { applied: news, removed, conditions }: Settlement) {
      const [, undecided] = begin(database, () => {
        const counts = new Map<string, number>();
        const count = (needs: readonly string[], by: number) => {
          for (const need of needs) counts.set(need, (counts.get(need) ?? 0) + by);
        };
        const gone = (ref: ResourceRef) => {
          const former = needsOf().get(ref);
          if (!former) return;
          count(json<string[]>(former.needs), -1);
          dropContents().run(ref);
        };
        for (const each of news) {
          gone(each.ref);
          count(each.needs, 1);
          putApplied().run(
            each.ref,
            each.revision,
            each.context,
            JSON.stringify(each.known),
            JSON.stringify(each.needs),
            JSON.stringify(each.spec ?? null),
            each.probe ? JSON.stringify(each.probe) : null,
            each.address ?? null,
          );
          for (const [path, content] of each.contents) putContent().run(path, each.ref, content);
        }
        for (const ref of removed) {
          gone(ref);
          dropApplied().run(ref);
          dropCondition().run(ref);
        }
        for (const [need, by] of counts) if (by !== 0) countNeed().run(need, by);
        writeConditions(conditions);
        if (number !== undefined) setState().run("live", number);
      });
      return undecided;
    },
    undone(number: number, conditions: readonly Condition[]) {
      transaction(database, () => {
        setState().run("undone", number);
        writeConditions(conditions);
      });
    },
    dropJournal(number: number) {
      database.prepare("DELETE FROM journal WHERE number = ?").run(number);
    },
    unfinished() {
      return database
        .prepare(
          "SELECT g.*, j.entries FROM generations g LEFT JOIN journal j USING (number) WHERE j.number IS NOT NULL OR g.state IN ('open', 'committed') ORDER BY number DESC",
        )
        .all()
        .map((row) => ({
          generation: toGeneration(row),
          journal: row.entries === null ? [] : json<JournalEntry[]>(row.entries),
        }));
    },

    generations: (limit: number) =>
      database.prepare("SELECT * FROM generations ORDER BY number DESC LIMIT ?").all(limit).map(toGeneration),
    generationsAfter: (number: number, limit: number) =>
      database
        .prepare(
          "SELECT number, at, state, cause, summary FROM generations WHERE number > ? AND state IN ('live', 'undone') ORDER BY number DESC LIMIT ?",
        )
        .all(number, limit)
        .map(toOutline)
        .reverse(),
    /** When a generation last went live, and when one was last taken back. */
    latestEvents: (): Readonly<Partial<Record<"live" | "undone", number>>> =>
      Object.fromEntries(
        database
          .prepare("SELECT state, max(at) AS at FROM generations WHERE state IN ('live', 'undone') GROUP BY state")
          .all()
          .map(({ state, at }) => [state as "live" | "undone", Number(at)]),
      ),
    generation(number: number) {
      const row = database.prepare("SELECT * FROM generations WHERE number = ?").get(number);
      return row ? toGeneration(row) : undefined;
    },
    conditions: (state?: ConditionState) =>
      database
        .prepare("SELECT * FROM conditions WHERE ?1 IS NULL OR state = ?1 ORDER BY ref")
        .all(state ?? null) as unknown as Condition[],
    conditionCounts: () =>
      Object.fromEntries(
        database
          .prepare("SELECT state, count(*) AS count FROM conditions GROUP BY state")
          .all()
          .map(({ state, count }) => [state, count]),
      ),
    setConditions(conditions: readonly Condition[], gone: readonly ResourceRef[] = []) {
      transaction(database, () => {
        writeConditions(conditions);
        for (const ref of gone) dropCondition().run(ref);
      });
    },
    decision(name: string) {
      const row = database.prepare("SELECT value FROM decisions WHERE name = ?").get(name);
      return row ? String(row.value) : undefined;
    },
    decide(name: string, value: string) {
      database.prepare("INSERT OR REPLACE INTO decisions (name, value) VALUES (?, ?)").run(name, value);
    },
  };
}
