import { z } from "zod";
import { type Banned, bannedSchema } from "./ban.ts";
import type { Condition } from "./condition.ts";
import type { MaintenanceLink } from "./facts.ts";
import { foreignRef, foreignText } from "./foreign-text.ts";
import { type HostEvent, hostEventSchema, type Observation, observationSchema } from "./happening.ts";
import { fingerprint } from "./key.ts";
import type { Machine } from "./machine.ts";
import type { Plan } from "./plan.ts";
import type { ResourceRef } from "./resource.ts";

/** What an agent tells that must not get lost; kept by the bus until a control plane has written it down. */
export interface Report {
  /** Goes up with every report of the host, also if its clock goes back. */
  readonly number: number;
  readonly conditions: readonly HostCondition[];
  readonly events?: readonly HostEvent[];
  readonly observations?: readonly Observation[];
  readonly sizes?: readonly MeasuredSize[];
  /** All observations are told anew from this report on: what was told before it counts no longer. */
  readonly anew?: number;
}

/** How much a record's files hold on the host. */
export interface MeasuredSize {
  readonly ref: ResourceRef;
  readonly bytes: number;
}

/** Who said it: the bus knows, whatever is said. */
export interface HostReport {
  readonly host: string;
  readonly report: Report;
}

/** A condition with what it is about: `sequence` of the desired entry that has been carried out, or not. */
export interface HostCondition extends Condition {
  readonly sequence: number;
  readonly revision: number;
  /** The resource is gone from the host. */
  readonly gone?: true;
}

/** What a person wants to know of a host. */
export interface HostState {
  readonly version: string;
  readonly os: string;
  /** The last generation. */
  readonly generation: number;
  /** The highest sequence among its desired entries. */
  readonly sequence: number;
  readonly conditions: Readonly<Record<string, number>>;
  /** The host's own clock, milliseconds since 1970. */
  readonly clock: number;
  /** The average of one minute (getloadavg(3)); older agents do not tell. */
  readonly load?: number;
  /** That web servers have logged, a second. */
  readonly requests?: number;
}

/** What happens on a host, for whoever watches at this moment; nobody keeps it. What is kept is a {@link HostEvent}. */
export type LiveEvent =
  | { readonly is: "step"; readonly step: string; readonly detail: string }
  | { readonly is: "settled"; readonly sequence: number; readonly settled: Settled }
  | { readonly is: "alive"; readonly state: HostState };

/** How a host's transaction ended. Lists are no longer than a person would read. */
export interface Settled {
  readonly generation?: number;
  readonly takenBack?: string;
  /** Of what is not as it should be. */
  readonly conditions: readonly Condition[];
  readonly quarantined: readonly { readonly ref: ResourceRef; readonly message: string }[];
  readonly refused: readonly { readonly ref: ResourceRef; readonly reason: string }[];
  readonly kept: readonly { readonly path: string; readonly keptAs: string; readonly says: string }[];
  readonly addresses: readonly { readonly ref: ResourceRef; readonly address: string }[];
  /** Milliseconds that each step took, by its name: `check`, `reload`, `probe` ... */
  readonly took: Readonly<Record<string, number>>;
}

/** What a control plane may ask a host, and what it answers. */
export interface Questions {
  /** What would an apply of these entries do? Without entries: what is pending or was changed by hand. */
  plan: { readonly asks: { readonly entries?: readonly unknown[] }; readonly answers: Plan };
  /** What kind of a machine is it, and what has it carried out lately? */
  describe: { readonly asks: object; readonly answers: Machine };
  /** What has changed since a generation? */
  since: { readonly asks: { readonly generation: number }; readonly answers: ChangedSince };
  /** Report how everything stands. */
  tell: { readonly asks: object; readonly answers: object };
  /** Put everything right now, also what was edited by hand. */
  restore: { readonly asks: object; readonly answers: Settled };
  /** Keep somebody out, let somebody in, take a key again. */
  guard: { readonly asks: GuardAsks; readonly answers: { readonly wasSo: boolean } };
  /** Let people into sites in maintenance by links, or no longer. */
  link: { readonly asks: LinkAsks; readonly answers: { readonly links: readonly MaintenanceLink[] } };
}

/** What has changed on a host, with the sequence of the first of the estate's changes that did it. */
export interface ChangedSince {
  readonly changed: readonly { readonly ref: ResourceRef; readonly sequence: number }[];
}

/** What is wanted of a host's guard. */
export type GuardAsks =
  | { readonly is: "ban"; readonly ban: Banned }
  | { readonly is: "unban"; readonly address: string }
  | { readonly is: "restore"; readonly fingerprint: string }
  | { readonly is: "drain"; readonly pool: string; readonly address: string; readonly until: number }
  | { readonly is: "undrain"; readonly pool: string; readonly address: string };

/** What is wanted of a maintenance's links. */
export interface LinkAsks {
  readonly maintenance: string;
  /** Make one for this site alone. */
  readonly site?: string;
  /** Take these, which another host of the same maintenance has made. */
  readonly links?: readonly MaintenanceLink[];
  /** None is good any longer. */
  readonly revoke?: true;
}

const text = foreignText();
const count = z.int().min(0);
const condition = {
  ref: foreignRef,
  state: z.enum(["Pending", "Applied", "Failed", "Quarantined", "Drifted"]),
  message: text,
};
const list = <T extends z.ZodRawShape>(shape: T) => z.array(z.object(shape)).max(1_000);

const link = z.object({
  maintenance: z.string().max(253),
  site: z.string().max(253),
  token: z.string().regex(/^[\w.-]{1,500}$/),
  cookie: z.string().regex(/^[\w.-]{1,500}$/),
  ends: count,
});

/** What a host takes for that. */
export const guardAsksSchema: z.ZodType<GuardAsks> = z.discriminatedUnion("is", [
  z.object({ is: z.literal("ban"), ban: bannedSchema }),
  z.object({ is: z.literal("unban"), address: z.string().max(60) }),
  z.object({ is: z.literal("restore"), fingerprint }),
  z.object({ is: z.literal("drain"), pool: z.string().max(253), address: z.string().max(45), until: count }),
  z.object({ is: z.literal("undrain"), pool: z.string().max(253), address: z.string().max(45) }),
]);

/** What an answer of a host to that may be. */
export const changedSinceSchema: z.ZodType<ChangedSince> = z.object({
  changed: z.array(z.object({ ref: foreignRef, sequence: count })).max(100_000),
});

/** What a host takes for a question about links. */
export const linkAsksSchema: z.ZodType<LinkAsks> = z.object({
  maintenance: z.string().max(253),
  site: z.string().max(253).exactOptional(),
  links: z.array(link).max(1_000).exactOptional(),
  revoke: z.literal(true).exactOptional(),
});

/** What a control plane takes for an answer to it. */
export const linksSchema: z.ZodType<Questions["link"]["answers"]> = z.object({ links: z.array(link).max(1_000) });

/** What a control plane takes for a report; newer agents may say more. */
export const reportSchema: z.ZodType<Report> = z.object({
  number: count,
  conditions: list({
    ...condition,
    at: count,
    sequence: count,
    revision: count,
    gone: z.literal(true).exactOptional(),
  }),
  events: z.array(hostEventSchema).max(1_000).exactOptional(),
  observations: z.array(observationSchema).max(1_000).exactOptional(),
  sizes: list({ ref: foreignRef, bytes: count }).exactOptional(),
  anew: count.exactOptional(),
});

/** What a control plane takes for an event. */
export const liveEventSchema: z.ZodType<LiveEvent> = z.discriminatedUnion("is", [
  z.object({ is: z.literal("step"), step: text, detail: text }),
  z.object({
    is: z.literal("settled"),
    sequence: count,
    settled: z.object({
      generation: count.exactOptional(),
      takenBack: text.exactOptional(),
      conditions: list({ ...condition, at: count }),
      quarantined: list({ ref: foreignRef, message: text }),
      refused: list({ ref: foreignRef, reason: text }),
      kept: list({ path: text, keptAs: text, says: text }),
      addresses: list({ ref: foreignRef, address: text }),
      took: z.record(text, z.number()),
    }),
  }),
  z.object({
    is: z.literal("alive"),
    state: z.object({
      version: text,
      os: text,
      generation: count,
      sequence: count,
      conditions: z.record(text, count),
      clock: count,
      load: z.number().min(0).exactOptional(),
      requests: z.number().min(0).exactOptional(),
    }),
  }),
]);
