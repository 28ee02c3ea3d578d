import { type RawBuilder, sql } from "kysely";
import type { Db, EstateTables } from "./tables.ts";

/** What tells one database from another. */
export interface Dialect {
  /** Within a transaction: nobody else writes to the estate until it ends. */
  readonly alone: (db: Db) => Promise<void>;
  /** Rows are locked one by one: two who delete the same ones, each in another order, would wait for each other. */
  readonly locksRows: boolean;
  /** These as rows to join with: one parameter, and looked up one by one, however many they are. */
  readonly given: (rows: readonly Placing[]) => RawBuilder<Placing>;
  /** `sshd` of `192.0.2.7 sshd`; nothing of `192.0.2.7`. */
  readonly secondWord: (text: RawBuilder<unknown>) => RawBuilder<string>;
}

type Placing = EstateTables["outbox"];

/** Rows out of a JSON array, which `each` takes apart. */
export const rowsOf = (each: RawBuilder<unknown>): RawBuilder<Placing> =>
  sql`(select value ->> 'host' as host, value ->> 'ref' as ref, cast(value ->> 'sequence' as bigint) as sequence from ${each})`;
