import type { Change } from "./plan.ts";
import type { ResourceRef } from "./resource.ts";

/** One applied plan: numbered, kept, and revertible. */
export interface Generation {
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly state: GenerationState;
  /** `alice: apply examples/first-site.yaml` */
  readonly cause: string;
  readonly summary: string;
  readonly resources: readonly GenerationEntry[];
}

/**
 * - `open`: under way, or interrupted before all was in place: to be undone.
 * - `committed`: all in place, not yet proved: to be finished.
 * - `live`: proved.
 * - `undone`: taken back; the host is as it was before.
 */
export type GenerationState = "open" | "committed" | "live" | "undone";

/** A resource's spec before and after; `null` where it did not exist. */
export interface GenerationEntry {
  readonly ref: ResourceRef;
  readonly before: unknown;
  readonly after: unknown;
  /** Which of the estate's changes it is, on a host whose records are elsewhere. */
  readonly sequence?: number;
}

/** A generation without what was in it, which may be large. */
export type GenerationOutline = Omit<Generation, "resources">;

/** A generation before it has a number. */
export type GenerationDraft = Pick<Generation, "at" | "cause" | "summary" | "resources">;

/** What is needed to take back a change that has been carried out, kept until the generation is settled. */
export type JournalEntry = Pick<Change, "verb" | "item"> & {
  /** Where the former file waits, beside its successor. */
  readonly kept?: string;
  /** A new file before it takes its name. */
  readonly staged?: string;
  /** Where a link led before. */
  readonly target?: string;
  /** The former rights of a directory that has been taken over. */
  readonly rights?: { readonly uid: number; readonly gid: number; readonly mode: number };
};
