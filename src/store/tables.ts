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
  /** How busy hosts were, by slots of time. */
  samples: { host: string; slot: number; load: number; requests: number | null };
  /** Bytes that records hold on hosts, and when that was heard. */
  sizes: { ref: string; host: string; bytes: number; at: number };
  /** Who does what only one may do at a time, and until when that holds. */
  leases: { name: string; holder: string; until: number };
  /** Built pages that records speak of. */
  pages: { digest: string; html: string };
  /** With which machines become hosts; `used_by`: the public key of the one that has. */
  tokens: { digest: string; host: string; expires_at: number; used_by: string | null };
  /** What hosts have told, in the order in which it was heard: changes of conditions, and events. */
  told: {
    id: number;
    at: number;
    host: string;
    /** A state of a resource, or the name of an event. */
    is: string;
    ref: string | null;
    tenant: string | null;
    says: string;
    sequence: number | null;
  };
  tenants: { name: string; title: string; limits: string; created_at: number };
  accounts: {
    id: string;
    email: string;
    name: string;
    language: string;
    operator: number;
    disabled: number;
    /** As Argon2 writes it; `null`: they sign in some other way. */
    password: string | null;
    /** Sealed; and the last code's time step that was used, so that none is used twice. */
    totp: string | null;
    totp_used: number;
    /** Who vouches for them elsewhere: `https://id.example.com 4711`. */
    subject: string | null;
    created_at: number;
    signed_in_at: number | null;
  };
  members: { account: string; tenant: string; role: string };
  passkeys: {
    id: string;
    account: string;
    public_key: string;
    counter: number;
    transports: string;
    name: string;
    created_at: number;
    used_at: number | null;
  };
  recovery_codes: { digest: string; account: string };
  sessions: {
    digest: string;
    id: string;
    account: string;
    /** What has been shown so far: `first` waits for a second factor. */
    stage: string;
    looks_as: string | null;
    agent: string;
    address: string;
    created_at: number;
    seen_at: number;
    expires_at: number;
  };
  api_tokens: {
    digest: string;
    id: string;
    account: string;
    name: string;
    read_only: number;
    tenant: string | null;
    created_at: number;
    used_at: number | null;
    expires_at: number;
  };
  invitations: {
    digest: string;
    id: string;
    email: string | null;
    operator: number;
    tenant: string | null;
    role: string | null;
    /** Of whom it sets a new password. */
    account: string | null;
    invited_by: string;
    expires_at: number;
  };
  /** What single people are told; `null`: it has not gone that way yet. */
  notices: {
    id: number;
    account: string;
    at: number;
    about: string;
    is: string;
    what: string;
    host: string | null;
    says: string;
    read: number;
    mailed_at: number | null;
    posted_at: number | null;
  };
  wishes: { account: string; wishes: string };
  /** How far something is, or how it stands, by its name. */
  positions: { name: string; value: string };
  /** Failures to sign in, by account and by address. */
  failures: { subject: string; count: number; last_at: number };
  /** What somebody has asked with a key of their own, and what they got. */
  answered: { key: string; request: string; status: number; answer: string; at: number };
}

export interface AuditRow {
  id: number;
  at: number;
  actor: string;
  cause: string;
  ref: string;
  before: string | null;
  after: string | null;
  /** Whose it is since, or was; for finding it. */
  tenant: string | null;
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
