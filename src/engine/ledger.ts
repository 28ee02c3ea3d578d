import type { Applied, Known, Settlement } from "../model/applied.ts";
import type { Condition, ConditionState } from "../model/condition.ts";
import type { Needs } from "../model/daemon.ts";
import type { Generation, GenerationDraft, GenerationOutline, JournalEntry } from "../model/generation.ts";
import type { Probe } from "../model/probe.ts";
import type { ResourceRef } from "../model/resource.ts";

/** A generation before its first step. */
export interface Prepared {
  readonly number: number;
  readonly journal: readonly JournalEntry[];
  /** Writes down what is about to be done, before the first step is taken: from here on a crash is undone. */
  open(): void;
}

/** What the engine remembers on the host's own disk. Each method that writes is on the disk when it returns. */
export interface Ledger {
  applied(ref: ResourceRef): Applied | undefined;
  /** All that is live, without specs; cheap enough for ten thousand. */
  overview(): Iterable<{
    readonly ref: ResourceRef;
    readonly revision: number;
    readonly context: string;
    readonly known: readonly Known[];
  }>;
  needs(): Needs;
  /** Resources that need any of these. */
  needing(needs: readonly string[]): ResourceRef[];
  /** What Upkeep last wrote to a file. */
  content(path: string): string | undefined;
  /** Certificates that servers here have by what is live, of these resources or all. */
  certificates(refs?: readonly ResourceRef[]): { readonly ref: ResourceRef; readonly path: string }[];
  /** Up to `count` probes of live resources, others each time. */
  someProbes(count: number, turn: number): { readonly ref: ResourceRef; readonly probe: Probe }[];

  /** The next generation, ready to be opened; nothing is written yet. `entries` gets its number. */
  prepare(draft: GenerationDraft, entries: (number: number) => readonly JournalEntry[]): Prepared;
  /** Everything is in place: from here on a crash is finished. */
  committed(number: number): void;
  /**
   * Proved: this is live now. Without a number: nothing had to change, and that is remembered. To be decided on, so that
   * it can be written while the proof is still under way; until then the ledger takes nothing else.
   */
  settle(number: number | undefined, outcome: Settlement): { commit(): void; cancel(): void };
  undone(number: number, conditions: readonly Condition[]): void;
  /** Forgets a journal that is no longer needed. */
  dropJournal(number: number): void;
  /** Generations with a journal: interrupted, or not yet tidied up. */
  unfinished(): { readonly generation: Generation; readonly journal: readonly JournalEntry[] }[];

  generations(limit: number): Generation[];
  /** Of those after `number` that have ended, without what was in them: the last so many, oldest first. */
  generationsAfter(number: number, limit: number): GenerationOutline[];
  /** When a generation last went live, and when one was last taken back. */
  latestEvents(): Readonly<Partial<Record<"live" | "undone", number>>>;
  generation(number: number): Generation | undefined;
  /** All conditions, or those of one state. */
  conditions(state?: ConditionState): Condition[];
  /** How many resources are in each state; those in none are not counted. */
  conditionCounts(): Partial<Record<ConditionState, number>>;
  setConditions(conditions: readonly Condition[], gone?: readonly ResourceRef[]): void;
  /** A decision made once for this host. */
  decision(name: string): string | undefined;
  decide(name: string, value: string): void;
}
