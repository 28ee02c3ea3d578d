import type { Entry } from "../host/follow-journal.ts";
import type { JailConfig } from "../model/jail.ts";
import type { Attempt } from "../model/key.ts";
import type { Sent } from "../model/mail-limit.ts";
import type { Decision } from "./jail/decision.ts";
import type { Jail } from "./jail/jail.ts";

/**
 * What a watch says to root: a ban that it asks for, a key that was offered, or messages that were sent. It comes again
 * until it is acknowledged.
 */
export type Said =
  | Decision
  | (Attempt & { readonly is: "attempt"; readonly id: number })
  | (Sent & { readonly is: "sent"; readonly id: number });

/** The same before it has a number. */
export type Unsaid = Omit<Decision, "id"> | (Attempt & { readonly is: "attempt" }) | (Sent & { readonly is: "sent" });

/** Looks at logs for one resource: a function of what is in them, and of the time. */
export interface Watch {
  /** Files; the last part of a name, and directories, may have stars. */
  readonly logs: readonly string[];
  /** What of systemd's journal it looks at, as journalctl(1) takes it; without any, nothing. */
  readonly journal: readonly string[];
  /** Where it listens as a syslog server does. */
  readonly syslog?: JailConfig["syslog"];
  /** How far back the journal counts when it is looked at for the first time. Milliseconds. */
  readonly lookBack: number;
  /** Takes what has been added to a log. Returns how many bytes at the end are no whole line yet. */
  bytes(path: string, bytes: Buffer): number;
  entry(entry: Pick<Entry, "text" | "moment">): void;
  /** What that has come to since this was asked last. */
  said(): readonly Unsaid[];
  /** What it counts, to be kept. */
  readonly jail?: Jail;
}
