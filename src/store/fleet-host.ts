import type { Placeable } from "../model/placement.ts";
import type { HostState } from "../model/report.ts";
import type { EstateTables } from "./tables.ts";

/** A server of the estate. */
export interface FleetHost extends Placeable {
  /** The public half of its bus credentials; without one it has not joined yet. */
  readonly publicKey: string | undefined;
  /** The key with which secrets are sealed for it. */
  readonly boxKey: string | undefined;
  readonly addedAt: number;
  readonly state: HostState | undefined;
  /** When it was last heard of, milliseconds since 1970, by the clock of whoever heard it. */
  readonly seenAt: number | undefined;
}

export const toHost = (row: EstateTables["hosts"]): FleetHost => ({
  name: row.name,
  labels: JSON.parse(row.labels),
  draining: row.draining === 1,
  publicKey: row.public_key ?? undefined,
  boxKey: row.box_key ?? undefined,
  addedAt: row.added_at,
  state: row.state === null ? undefined : JSON.parse(row.state),
  seenAt: row.seen_at ?? undefined,
});
