/*
 * A run of a runbook, as its journal knows it. Times in milliseconds since 1970.
 */

/**
 * - `running`: or it was when its process ended; then it goes on where it stood.
 * - `waiting`: for a time, a person or a condition.
 * - `paused`, `failed`: until somebody lets it go on, or takes it back.
 * - `undoing`: it is being taken back.
 * - `done`, `undone`, `aborted`: over.
 */
export const runStates = ["running", "waiting", "paused", "failed", "undoing", "done", "undone", "aborted"] as const;
export type RunState = (typeof runStates)[number];

/** Nothing more happens to these. */
export const isOver = (state: RunState): boolean => state === "done" || state === "undone" || state === "aborted";

/**
 * - `found`: it was done already, so nothing was done.
 * - `started`: it was begun; whether it was done is asked when it goes on.
 */
export type StepState = "open" | "started" | "done" | "found" | "failed" | "undoing" | "undone";

export interface StepRecord {
  readonly name: string;
  readonly state: StepState;
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** How often it was begun. */
  readonly attempts: number;
  /** Why it failed. */
  readonly problem?: string;
  readonly figures: readonly Figure[];
  readonly progress?: Progress;
}

/** Something that was measured: `3,200 rows`. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

/** How far a step is. */
export interface Progress {
  readonly done: number;
  /** Of how much, where that is known. */
  readonly of?: number;
  /** `rows`, `bytes`, `files`. */
  readonly unit: string;
  readonly says?: string;
}

/** What a run waits for. */
export type Awaited =
  | { readonly for: "time"; readonly until: number }
  /** What they are asked. */
  | { readonly for: "person"; readonly says: string }
  /** What is not so yet. */
  | { readonly for: "condition"; readonly says: string };

/** What somebody wants of a run, which it sees to as soon as it can. */
export type Wanted = "pause" | "abort" | "undo";

/** Something that happened, or that somebody decided. */
export interface RunEntry {
  readonly at: number;
  readonly step?: string;
  readonly says: string;
}

export interface RunRecord {
  readonly id: number;
  readonly runbook: string;
  /** For people: what it was asked to do, without secrets. */
  readonly title: string;
  readonly actor: string;
  readonly state: RunState;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly awaits?: Awaited;
  readonly wanted?: Wanted;
  readonly problem?: string;
  readonly steps: readonly StepRecord[];
}
