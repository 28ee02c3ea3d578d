import { sql } from "kysely";
import type { Placeable } from "../model/placement.ts";
import type { HostState } from "../model/report.ts";
import type { Dialect } from "./dialect.ts";
import { ofWatches } from "./happenings.ts";
import { chunks, type Db, type EstateTables } from "./tables.ts";

/** Where rows are of one host alone. */
export const ofHosts = [
  ...(["placements", "waiting", "turns", "outbox", "conditions"] as const),
  ...(["tokens", "samples", "sizes", ...ofWatches] as const),
] as const;

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

/** Who may come onto the bus as which host. */
export type HostKey = Pick<FleetHost, "name" | "publicKey">;

/** When hosts were last heard of, and what they said of themselves: in one go, as a thousand of them say it all the time. */
export async function writeSeen(
  db: Db,
  { elements }: Dialect,
  hosts: ReadonlyMap<string, { readonly at: number; readonly state: HostState }>,
): Promise<void> {
  // In one order, as others may be at the same rows.
  for (const part of chunks([...hosts].sort())) {
    const seen = part.map(([name, { at, state }]) => ({ name, at, state: JSON.stringify(state) }));
    const rows = sql<{ name: string; at: number; state: string }>`
      (select value ->> 'name' as name, cast(value ->> 'at' as bigint) as at, value ->> 'state' as state from ${elements(seen)})`;
    await db
      .updateTable("hosts")
      .from(rows.as("seen"))
      .set((row) => ({ seen_at: row.ref("seen.at"), state: row.ref("seen.state") }))
      .whereRef("hosts.name", "=", "seen.name")
      .execute();
  }
}
