import type { ResourceRef } from "./resource.ts";

/**
 * How a resource stands on a host.
 * - `Pending`: accepted, not yet carried out.
 * - `Applied`: live and answering.
 * - `Failed`: could not be carried out; the host is as it was.
 * - `Quarantined`: the daemon's checker refused it; its former version, if any, stays live.
 * - `Drifted`: someone changed its files by hand.
 */
export type ConditionState = "Pending" | "Applied" | "Failed" | "Quarantined" | "Drifted";

export interface Condition {
  readonly ref: ResourceRef;
  readonly state: ConditionState;
  /** For people: the daemon's words and ours. */
  readonly message: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}
