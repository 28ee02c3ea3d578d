import { z } from "zod";
import type { Desired } from "../model/desired.ts";
import type { HostReport, LiveEvent, Questions, Report } from "../model/report.ts";
import type { JoinRequest } from "./joining.ts";

/*
 * What carries desired state to hosts, and what they say of it back. Everything on it may come twice, late or in
 * another order: entries and conditions carry the number of the change they are about, and only the newest counts.
 */

/** The control plane's end. */
export interface ControlBus {
  /** Nobody but the host itself can read what is put for it. */
  readonly isPrivate: boolean;
  /** Keeps an entry for its host, unless a newer one is kept already. Kept when it returns. */
  put(host: string, entry: Desired): Promise<void>;
  /** A host may come: whatever it takes is there when this returns. */
  prepare(host: string): Promise<void>;
  /** The sequence of each entry that is kept, by its key (see {@link desiredKey}). */
  kept(): Promise<Map<string, number>>;
  /** Something has happened in which the bus may have lost what it had kept: compare. */
  onDoubt(hear: () => void): void;
  /** Reports are gone that the bus had taken and no control plane has handled. Their hosts do not know that. */
  onReportsLost(hear: () => void): void;
  /** Forgets everything about a host. */
  forget(host: string): Promise<void>;
  /** Each report is handled by one control plane, and again if that fails; those that come together, together. */
  onReports(handle: (reports: readonly HostReport[]) => Promise<void>): Promise<void>;
  /** Events are heard by every control plane that listens at the time. */
  onEvents(handle: (host: string, event: LiveEvent) => void): void;
  /** A machine wants to be a host; returns which it is, or rejects in words. */
  onJoin(handle: (request: JoinRequest) => Promise<string>): void;
  /** Rejects with {@link NoAnswer} when the host is not there, or takes too long. */
  ask<Name extends keyof Questions>(
    host: string,
    question: Name,
    asks: Questions[Name]["asks"],
    milliseconds: number,
  ): Promise<Questions[Name]["answers"]>;
  close(): Promise<void>;
}

/** A host's end. */
export interface AgentBus {
  /**
   * Hands over entries as they come; after each time the connection was lost, all of them again. The next ones come when
   * `take` is done.
   */
  watch(take: (entries: readonly Desired[]) => Promise<void>): void;
  /** Hears when the control plane can be reached, and when it cannot. */
  onConnection(hear: (isConnected: boolean) => void): void;
  /** Kept by the bus when it returns; rejects without a connection. */
  report(report: Report): Promise<void>;
  event(event: LiveEvent): void;
  /** Tells the other hosts; whoever is not there does not hear it. */
  share(news: Shared): void;
  /** Hears what other hosts tell, whoever they are. */
  onShared(hear: (from: string, news: Shared) => void): void;
  onQuestion(answer: Answerer): void;
  close(): Promise<void>;
}

/** What hosts tell each other. Who hears it checks it. */
export type Shared =
  /** Somebody is banned. */
  | { readonly is: "ban"; readonly ban: unknown }
  /** A key is revoked. */
  | { readonly is: "revoked"; readonly key: unknown }
  /** How an address of a pool looks. */
  | { readonly is: "seen"; readonly seen: unknown }
  /** How many messages the accounts of a limit have sent. */
  | { readonly is: "mail"; readonly mail: unknown }
  /** A link into a maintenance has been used. */
  | { readonly is: "used"; readonly token: string };

/** What of that is for the other host's guard. */
export type ForGuard = Exclude<Shared, { readonly is: "used" }>;

/** What a host takes for that. */
export const sharedSchema: z.ZodType<Shared> = z.discriminatedUnion("is", [
  z.object({ is: z.literal("ban"), ban: z.unknown() }),
  z.object({ is: z.literal("revoked"), key: z.unknown() }),
  z.object({ is: z.literal("seen"), seen: z.unknown() }),
  z.object({ is: z.literal("mail"), mail: z.unknown() }),
  z.object({ is: z.literal("used"), token: z.string().max(500) }),
]);

export type Answerer = <Name extends keyof Questions>(
  question: Name,
  asks: Questions[Name]["asks"],
) => Promise<Questions[Name]["answers"]>;

/** A host that does not answer. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}
