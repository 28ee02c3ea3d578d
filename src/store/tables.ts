import { type Kysely, type RawBuilder, sql } from "kysely";

/*
 * The estate's tables. Whatever is structured inside a column is JSON; times are milliseconds since 1970.
 */

export interface EstateTables {
  resources: {
    kind: string;
    name: string;
    ref: string;
    revision: number;
    spec: string;
    /** Where it goes; `null`: this machine. */
    placement: string | null;
    /** Whose it is; `null`: the operator's. */
    tenant: string | null;
    source: string;
    changed_at: number;
  };
  claims: { claim: string; ref: string };
  audit: AuditRow;
  hosts: {
    name: string;
    labels: string;
    draining: number;
    /** The public half of its bus credentials (nkey). */
    public_key: string | null;
    /** The public half of the key with which it opens secrets. */
    box_key: string | null;
    added_at: number;
    /** Its last word, and when that came. */
    state: string | null;
    seen_at: number | null;
  };
  /** What each host should have by now. */
  placements: {
    ref: string;
    host: string;
    sequence: number;
    revision: number;
    /** As {@link Desired}. */
    desired: string;
    /** It is to go, and goes from here once the host has said that it is gone. */
    gone: number;
    group_key: string | null;
    released_at: number;
  };
  /** What each host will have when its turn comes. */
  waiting: {
    ref: string;
    host: string;
    sequence: number;
    revision: number;
    desired: string;
    group_key: string;
    strategy: string;
    /** A host before it failed; it waits until someone applies again. */
    held: string | null;
  };
  /** Hosts that carry out a group's change at this moment. */
  turns: { host: string; group_key: string; since: number; strategy: string };
  /** Labels by which resources have been placed. */
  groups: { group_key: string };
  /** Until when a group pauses. */
  pauses: { group_key: string; until: number };
  /** Placements that the bus has not been given yet. */
  outbox: { host: string; ref: string; sequence: number };
  conditions: {
    ref: string;
    host: string;
    sequence: number;
    revision: number;
    state: string;
    message: string;
    at: number;
    /** The number of the report that said so. */
    told: number;
  };
  /** What has happened on hosts. */
  events: {
    host: string;
    /** Who keeps count there. */
    log: string;
    number: number;
    /** By the host's clock, and by ours. */
    at: number;
    heard_at: number;
    event: string;
    says: string;
  };
  /** What watches of hosts have found; without a value: it is so no longer. */
  observations: {
    host: string;
    watch: string;
    key: string;
    value: string | null;
    until: number;
    /** The number of the report that said so. */
    told: number;
  };
  /** What a host told before that report counts no longer. */
  told_anew: { host: string; number: number };
  /** Built pages that records speak of. */
  pages: { digest: string; html: string };
  tokens: { digest: string; host: string; expires_at: number };
}

export interface AuditRow {
  id: number;
  at: number;
  actor: string;
  cause: string;
  ref: string;
  before: string | null;
  after: string | null;
  /** Digest over this row and the one before: whoever alters a row breaks the chain from there on. */
  hash: string;
}

export type Db = Kysely<EstateTables>;

/** Rows in one statement; SQLite takes 32,766 values at most. */
const chunk = 500;

export const chunks = <T>(list: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(list.length / chunk) }, (_, index) => list.slice(index * chunk, (index + 1) * chunk));

/** For `on conflict do update`: these columns become what was to be inserted. */
export const excluded = <Column extends string>(...columns: readonly Column[]) =>
  Object.fromEntries(columns.map((column) => [column, sql.ref(`excluded.${column}`)])) as Record<
    Column,
    RawBuilder<never>
  >;
