import { Kysely, PostgresDialect, sql } from "kysely";
import pg from "pg";
import { type Dialect, Estate } from "./estate.ts";
import { Fleet } from "./fleet.ts";
import { migrate } from "./migrations.ts";
import type { Secrets } from "./secrets.ts";
import type { EstateTables } from "./tables.ts";

/** 64-bit integers are numbers: times and sequences stay far below 2^53. */
const int8 = 20;

const postgres: Dialect = {
  async alone(db) {
    // One writer of the estate at a time, across all control planes; freed with the transaction.
    await sql`select pg_advisory_xact_lock(7575, 1)`.execute(db);
  },
};

/** The estate in PostgreSQL: `postgres://upkeep@198.51.100.2/upkeep`. */
export async function openPostgresEstate(url: string, secrets: Secrets): Promise<{ estate: Estate; fleet: Fleet }> {
  pg.types.setTypeParser(int8, Number);
  const pool = new pg.Pool({
    connectionString: url,
    max: 8,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
  });
  // A connection that breaks while nobody uses it is replaced by the next question.
  pool.on("error", () => {});
  const db = new Kysely<EstateTables>({ dialect: new PostgresDialect({ pool }) });
  await migrate(db);
  return { estate: new Estate(db, postgres, secrets), fleet: new Fleet(db, postgres, secrets) };
}
