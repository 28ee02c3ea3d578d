import { type RawBuilder, sql } from "kysely";
import type { Db, EstateTables } from "./tables.ts";

/** What tells one database from another. */
export interface Dialect {
  /** Within a transaction: nobody else writes to the estate until it ends, or to one of the logs beside it. */
  readonly alone: (db: Db, to?: Log) => Promise<void>;
  /** Rows are locked one by one: two who delete the same ones, each in another order, would wait for each other. */
  readonly locksRows: boolean;
  /** These as rows of one column, `value`: one parameter, however many they are. */
  readonly elements: (values: readonly object[]) => RawBuilder<{ value: unknown }>;
  /** `sshd` of `192.0.2.7 sshd`; nothing of `192.0.2.7`. */
  readonly secondWord: (text: RawBuilder<unknown>) => RawBuilder<string>;
}

/** What has a count of its own, and its own turn. */
export type Log = "told" | "notices";

type Placing = EstateTables["outbox"];

/** These as rows to join with, looked up one by one. */
export const given = ({ elements }: Dialect, rows: readonly Placing[]): RawBuilder<Placing> =>
  sql`(select value ->> 'host' as host, value ->> 'ref' as ref, cast(value ->> 'sequence' as bigint) as sequence from ${elements(rows)})`;
