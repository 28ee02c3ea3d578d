import type { z } from "zod";
import type { Host } from "../host/host.ts";
import type { Awaited, Figure, Progress } from "../model/run.ts";

/**
 * Something done once, in steps, each of which can be taken back. What a runbook looks at first (`prepare`) is kept with the
 * run, so that its steps are the same ones whenever it goes on.
 */
export interface Runbook<Input = unknown, Scope = unknown> {
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** An object; its fields are the options of `upkeep run NAME`. */
  readonly input: z.ZodType<Input>;
  /** For people, without secrets. */
  readonly title: (input: Input) => string;
  /** What no other run may touch at the same time: `database mysql://db/shop`. */
  readonly touches: (input: Input, scope: Scope) => readonly string[];
  /** Looks, and changes nothing. The result is JSON. */
  readonly prepare: (input: Input, around: Around) => Promise<Scope>;
  /** A failure takes the run back by itself, as long as it can be; and that is tried again until it is done. */
  readonly wayBack?: "automatic";
  /** Once this step is done, nobody need sit in front of it: the machine carries the run on, also after a reboot. */
  readonly aloneAfter?: string;
  /** A function of both: the same steps each time. */
  readonly steps: (input: Input, scope: Scope, around: Around) => readonly Step[];
}

/** Where runbooks touch the world. */
export interface Around {
  readonly host: Pick<Host, "files" | "processes" | "clock">;
}

/** What a step would do, for whoever decides about it. */
export interface StepPlan {
  /** A line each. */
  readonly does: readonly string[];
  /** How long visitors notice it, and what. Nothing: they do not. */
  readonly visitors?: string;
}

/** A step that does something. All of it may be called again after a crash, at any point. */
export interface Doing {
  readonly name: string;
  readonly plan: () => StepPlan | Promise<StepPlan>;
  /** Whether it is done already. It is asked before each `run`, so none is made twice that need not be. */
  readonly check: (at: At) => Promise<boolean>;
  readonly run: (at: At) => Promise<void>;
  /** For how long it is tried again while the other machine cannot be reached (milliseconds), before it has failed. */
  readonly patience?: number;
  /** Rejects when what was done is not as it should be. */
  readonly verify?: (at: At) => Promise<void>;
  /** Takes back what was done, all of it or a part; without one there is nothing to take back. */
  readonly undo?: (at: At) => Promise<void>;
  /** Once it is done, what went before cannot be taken back any longer. */
  readonly isFinal?: true;
}

/** A step that waits, for days if need be. */
export interface Waiting {
  readonly name: string;
  readonly plan: () => StepPlan | Promise<StepPlan>;
  /** What is still waited for; nothing: go on. A person is asked once, and their answer is remembered. */
  readonly awaits: (at: At) => Promise<Awaited | undefined>;
}

export type Step = Doing | Waiting;

/** What a step has of its run. */
export interface At {
  /** What an earlier step has found out, or this one before a crash. */
  recall<T>(key: string): T | undefined;
  /** Written down before it returns. */
  remember(key: string, value: unknown): void;
  progress(progress: Progress): void;
  /** For the report. */
  figure(figure: Figure): void;
  say(text: string): void;
  /** The same, and people are told who are told of what happens on this machine. */
  announce(text: string): void;
  /** Somebody wants it to stop: throws what the runner understands. To be called wherever a step can end early. */
  breathe(): void;
}

/** Lets a runbook be written with its types and listed without them. */
export const runbook = <Input, Scope>(definition: Runbook<Input, Scope>): Runbook => definition as unknown as Runbook;
