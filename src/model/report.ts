import type { Condition } from "./condition.ts";
import type { Plan } from "./plan.ts";
import type { ResourceRef } from "./resource.ts";

/** What an agent tells that must not get lost; kept by the bus until a control plane has written it down. */
export interface Report {
  readonly is: "conditions";
  /** Counts up with every report of the host; clocks may be wrong. */
  readonly number: number;
  readonly conditions: readonly HostCondition[];
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
}

/** What happens on a host, for whoever watches at this moment; nobody keeps it. */
export type HostEvent =
  | { readonly is: "step"; readonly step: string; readonly detail: string }
  | { readonly is: "settled"; readonly sequence: number; readonly settled: Settled }
  | { readonly is: "alive"; readonly state: HostState };

/** How a host's transaction ended. */
export interface Settled {
  readonly generation?: number;
  readonly takenBack?: string;
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
  /** Put everything right now, also what was edited by hand. */
  restore: { readonly asks: { readonly entries?: undefined }; readonly answers: Settled };
}
