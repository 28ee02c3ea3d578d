import type { HostState } from "../model/report.ts";
import type { ResourceRef } from "../model/resource.ts";
import { appendAudit, lastEntry } from "./audit.ts";
import type { Dialect } from "./dialect.ts";
import type { Db } from "./tables.ts";

/** A host that says it is further ahead is not believed: it could use up all numbers. */
const mostAhead = 1_000_000;

/** What a host that has been heard of says. */
export type SeenHosts = ReadonlyMap<string, { readonly at: number; readonly state: HostState }>;

/** A host has had changes up to a number that the database, which ends at `last`, has never given. */
export interface Behind {
  readonly host: string;
  readonly sequence: number;
  readonly last: number;
}

export const describeBehind = ({ host, sequence, last }: Behind): string =>
  `${host} has had changes up to ${sequence}; the database, ${last}: it is older than its hosts`;

/**
 * Counts on from where the first of the hosts is, if the database does not know of that: it has been restored from an
 * older state, or a standby has taken over that had not had everything. To a host, a change with a number that it has
 * seen is none.
 */
export async function catchUp(whole: Db, dialect: Dialect, hosts: SeenHosts): Promise<Behind | undefined> {
  const furthest = async (db: Db): Promise<Behind | undefined> => {
    const last = (await lastEntry(db))?.id ?? 0;
    const all = [...hosts].map(([host, { state }]) => ({ host, sequence: state.sequence, last }));
    const ahead = all.filter(({ sequence }) => sequence > last && sequence <= last + mostAhead);
    return ahead.sort((one, other) => other.sequence - one.sequence)[0];
  };
  if (!(await furthest(whole))) return undefined;
  return whole.transaction().execute(async (db) => {
    await dialect.alone(db);
    const behind = await furthest(db);
    if (!behind) return undefined;
    const { host, sequence, last } = behind;
    const ref: ResourceRef = `Host/${host}`;
    const cause = "has had changes that this database does not know: it is older than its hosts";
    const signature = { at: hosts.get(host)!.at, actor: host, cause };
    const [before, after] = [{ lastChange: last }, { lastChange: sequence }];
    await appendAudit(db, [{ ref, before, after, signature }], sequence);
    return behind;
  });
}
