import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import {
  type Awaited,
  type Figure,
  isOver,
  type Progress,
  type RunEntry,
  type RunRecord,
  type RunState,
  type StepRecord,
  type StepState,
  type Wanted,
} from "../model/run.ts";
import { transaction } from "./database.ts";

const schema = `
CREATE TABLE IF NOT EXISTS runs (id INTEGER PRIMARY KEY AUTOINCREMENT, runbook TEXT NOT NULL, title TEXT NOT NULL,
  actor TEXT NOT NULL, input TEXT NOT NULL, scope TEXT NOT NULL, locks TEXT NOT NULL, state TEXT NOT NULL, started_at INTEGER NOT NULL,
  ended_at INTEGER, awaits TEXT, wanted TEXT, problem TEXT) STRICT;
CREATE TABLE IF NOT EXISTS run_locks (lock TEXT PRIMARY KEY, run INTEGER NOT NULL REFERENCES runs) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS run_steps (run INTEGER NOT NULL REFERENCES runs, number INTEGER NOT NULL, name TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'open', started_at INTEGER, ended_at INTEGER, attempts INTEGER NOT NULL DEFAULT 0,
  problem TEXT, figures TEXT NOT NULL DEFAULT '[]', progress TEXT, PRIMARY KEY (run, number)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS run_notes (run INTEGER NOT NULL REFERENCES runs, key TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (run, key)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS run_entries (number INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER NOT NULL REFERENCES runs,
  at INTEGER NOT NULL, step TEXT, says TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS run_entries_by_run ON run_entries (run);
`;

/** What a run is made of besides its steps. */
export interface NewRun {
  readonly runbook: string;
  readonly title: string;
  readonly actor: string;
  readonly input: unknown;
  readonly scope: unknown;
  readonly steps: readonly string[];
  readonly locks: readonly string[];
  readonly at: number;
}

/** Which other run touches the same, and what that is. */
export interface Taken {
  readonly taken: string;
  readonly by: number;
}

export type Runs = ReturnType<typeof openRuns>;

/** The journal of runs. Whatever it says is so was on the disk before it was acted upon. */
export function openRuns(database: DatabaseSync) {
  database.exec(schema);
  const setRun = database.prepare("UPDATE runs SET state = ?, awaits = ?, problem = ?, ended_at = ? WHERE id = ?");
  const free = database.prepare("DELETE FROM run_locks WHERE run = ?");
  const addEntry = database.prepare("INSERT INTO run_entries (run, at, step, says) VALUES (?, ?, ?, ?)");

  const toRecord = (row: Row): RunRecord => ({
    id: Number(row.id),
    runbook: String(row.runbook),
    title: String(row.title),
    actor: String(row.actor),
    state: row.state as RunState,
    startedAt: Number(row.started_at),
    ...(row.ended_at !== null && { endedAt: Number(row.ended_at) }),
    ...(row.awaits !== null && { awaits: JSON.parse(String(row.awaits)) as Awaited }),
    ...(row.wanted !== null && { wanted: row.wanted as Wanted }),
    ...(row.problem !== null && { problem: String(row.problem) }),
    steps: database.prepare("SELECT * FROM run_steps WHERE run = ? ORDER BY number").all(row.id!).map(toStep),
  });

  function takenOf(locks: readonly string[], except?: number): Taken | undefined {
    for (const lock of locks) {
      const row = database.prepare("SELECT run FROM run_locks WHERE lock = ?").get(lock);
      if (row && row.run !== except) return { taken: lock, by: Number(row.run) };
    }
    return undefined;
  }
  function take(id: number, locks: readonly string[]) {
    for (const lock of locks)
      database.prepare("INSERT OR IGNORE INTO run_locks (lock, run) VALUES (?, ?)").run(lock, id);
  }

  return {
    /** One that was over is to be taken back: it has what it touches for itself again, or it is said who has. */
    reopen: (id: number): Taken | undefined =>
      transaction(database, () => {
        const locks = JSON.parse(
          String(database.prepare("SELECT locks FROM runs WHERE id = ?").get(id)!.locks),
        ) as string[];
        const taken = takenOf(locks, id);
        if (!taken) take(id, locks);
        return taken;
      }),
    /** Begins one; or says which run has what it would touch. */
    begin: (run: NewRun): { readonly id: number } | Taken =>
      transaction(database, () => {
        const taken = takenOf(run.locks);
        if (taken) return taken;
        const { lastInsertRowid } = database
          .prepare(
            "INSERT INTO runs (runbook, title, actor, input, scope, locks, state, started_at) VALUES (?, ?, ?, ?, ?, ?, 'running', ?)",
          )
          .run(
            run.runbook,
            run.title,
            run.actor,
            JSON.stringify(run.input),
            JSON.stringify(run.scope),
            JSON.stringify(run.locks),
            run.at,
          );
        const id = Number(lastInsertRowid);
        take(id, run.locks);
        const addStep = database.prepare("INSERT INTO run_steps (run, number, name) VALUES (?, ?, ?)");
        for (const [number, name] of run.steps.entries()) addStep.run(id, number, name);
        addEntry.run(id, run.at, null, `begun by ${run.actor}`);
        return { id };
      }),
    find(id: number): RunRecord | undefined {
      const row = database.prepare("SELECT * FROM runs WHERE id = ?").get(id);
      return row && toRecord(row);
    },
    /** What it was begun with. */
    given(id: number): { readonly input: unknown; readonly scope: unknown } {
      const row = database.prepare("SELECT input, scope FROM runs WHERE id = ?").get(id)!;
      return { input: JSON.parse(String(row.input)), scope: JSON.parse(String(row.scope)) };
    },
    /** The newest first. */
    list: (limit: number): readonly RunRecord[] =>
      database.prepare("SELECT * FROM runs ORDER BY id DESC LIMIT ?").all(limit).map(toRecord),
    /** Where a run stands; what it touches is free when it is over. */
    set(id: number, state: RunState, at: number, more: { readonly awaits?: Awaited; readonly problem?: string } = {}) {
      transaction(database, () => {
        const { awaits, problem } = more;
        setRun.run(state, awaits ? JSON.stringify(awaits) : null, problem ?? null, isOver(state) ? at : null, id);
        if (isOver(state)) free.run(id);
      });
    },
    want(id: number, wanted: Wanted | undefined) {
      database.prepare("UPDATE runs SET wanted = ? WHERE id = ?").run(wanted ?? null, id);
    },
    wanted(id: number): Wanted | undefined {
      const value = database.prepare("SELECT wanted FROM runs WHERE id = ?").get(id)?.wanted;
      return value === null || value === undefined ? undefined : (value as Wanted);
    },
    step(id: number, number: number, state: StepState, at: number, problem?: string) {
      const begins = state === "started";
      database
        .prepare(
          `UPDATE run_steps SET state = ?1, problem = ?2, attempts = attempts + ?3,
             started_at = CASE WHEN ?3 = 1 OR started_at IS NULL THEN ?4 ELSE started_at END,
             ended_at = CASE WHEN ?1 IN ('started', 'undoing') THEN NULL ELSE ?4 END WHERE run = ?5 AND number = ?6`,
        )
        .run(state, problem ?? null, begins ? 1 : 0, at, id, number);
    },
    progress(id: number, number: number, progress: Progress | undefined) {
      database
        .prepare("UPDATE run_steps SET progress = ? WHERE run = ? AND number = ?")
        .run(progress ? JSON.stringify(progress) : null, id, number);
    },
    figure(id: number, number: number, figure: Figure) {
      database
        .prepare("UPDATE run_steps SET figures = json_insert(figures, '$[#]', json(?)) WHERE run = ? AND number = ?")
        .run(JSON.stringify(figure), id, number);
    },
    say(id: number, at: number, says: string, step?: string) {
      addEntry.run(id, at, step ?? null, says);
    },
    entries: (id: number): readonly RunEntry[] =>
      database
        .prepare("SELECT * FROM run_entries WHERE run = ? ORDER BY number")
        .all(id)
        .map(({ at, step, says }) => ({
          at: Number(at),
          ...(step !== null && { step: String(step) }),
          says: String(says),
        })),
    recall(id: number, key: string): unknown {
      const row = database.prepare("SELECT value FROM run_notes WHERE run = ? AND key = ?").get(id, key);
      return row && JSON.parse(String(row.value));
    },
    remember(id: number, key: string, value: unknown) {
      database
        .prepare("INSERT OR REPLACE INTO run_notes (run, key, value) VALUES (?, ?, ?)")
        .run(id, key, JSON.stringify(value));
    },
  };
}

type Row = Readonly<Record<string, SQLOutputValue>>;

const toStep = (row: Row): StepRecord => ({
  name: String(row.name),
  state: row.state as StepState,
  attempts: Number(row.attempts),
  ...(row.started_at !== null && { startedAt: Number(row.started_at) }),
  ...(row.ended_at !== null && { endedAt: Number(row.ended_at) }),
  ...(row.problem !== null && { problem: String(row.problem) }),
  figures: JSON.parse(String(row.figures)) as Figure[],
  ...(row.progress !== null && { progress: JSON.parse(String(row.progress)) as Progress }),
});
