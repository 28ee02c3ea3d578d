import {
  Kysely,
  PostgresDialect,
  type PostgresPool,
  type PostgresPoolClient,
  type PostgresQueryResult,
  sql,
} from "kysely";
import pg from "pg";
import type { Dialect } from "./dialect.ts";
import { migrate } from "./migrations.ts";
import { type Opened, openAll } from "./opened.ts";
import type { Secrets } from "./secrets.ts";
import type { EstateTables } from "./tables.ts";

/** 64-bit integers are numbers: times and sequences stay far below 2^53. */
const int8 = 20;

/** So many statements are kept ready on each connection: those that come first come often. */
const mostKept = 300;

/** A database that has not answered for so long is not there. Milliseconds. */
const patience = 30_000;

/** Milliseconds in which a new connection has to be there. */
const openWithin = 5_000;

const notAnswering = (milliseconds: number): string => `the database has not answered for ${milliseconds / 1000} s`;

/** In pg's words, a new connection was not there in time. */
const isTooLate = /connection timeout|timeout exceeded when trying to connect|timeout expired/;

const postgres: Dialect = {
  async alone(db, to) {
    // One writer at a time, across all control planes; freed with the transaction.
    await sql`select pg_advisory_xact_lock(7575, ${to === undefined ? 1 : to === "told" ? 2 : 3})`.execute(db);
  },
  locksRows: true,
  elements: (values) => sql`jsonb_array_elements(${JSON.stringify(values)}::jsonb)`,
  secondWord: (text) => sql`split_part(${text}, ' ', 2)`,
};

/** The estate in PostgreSQL: `postgres://upkeep@198.51.100.2/upkeep`. */
export async function openPostgresEstate(url: string, secrets: Secrets): Promise<Opened> {
  pg.types.setTypeParser(int8, Number);
  const pool = new pg.Pool({
    connectionString: url,
    max: 8,
    connectionTimeoutMillis: openWithin,
    idleTimeoutMillis: 60_000,
    query_timeout: patience,
    // The same the other way round: nobody holds a lock whose machine has lost its power.
    idle_in_transaction_session_timeout: patience,
    options: `-c tcp_user_timeout=${patience} -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5`,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  });
  // A connection that breaks while nobody uses it is replaced by the next question.
  pool.on("error", () => {});
  const db = new Kysely<EstateTables>({ dialect: new PostgresDialect({ pool: withoutDeaf(pool) }) });
  await migrate(db);
  return openAll(db, postgres, secrets);
}

/**
 * Names for statements whose plans are kept (PREPARE(7)): half of what small ones cost is the planning. Not for those that
 * ask for all columns, which are others once a newer control plane has migrated.
 */
function namesOfKept(): (text: string) => { readonly name?: string } {
  const names = new Map<string, string>();
  return (text) => {
    let name = names.get(text);
    if (
      name === undefined &&
      names.size < mostKept &&
      /^(select|insert|update|delete|with) /.test(text) &&
      !text.includes("*")
    ) {
      name = `kept${names.size}`;
      names.set(text, name);
    }
    return name === undefined ? {} : { name };
  };
}

/** A connection on which an answer has failed to come is not used again: whatever came next would wait behind it. */
function withoutDeaf(pool: pg.Pool): PostgresPool {
  const kept = namesOfKept();
  return {
    async connect() {
      const client = await pool.connect().catch((error: Error) => {
        throw isTooLate.test(error.message) ? new Error(notAnswering(openWithin), { cause: error }) : error;
      });
      let isDeaf = false;
      const query = async <R>(text: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> => {
        if (isDeaf) throw new Error("the database does not answer");
        try {
          return (await client.query({
            text,
            values: [...parameters],
            ...kept(text),
          })) as unknown as PostgresQueryResult<R>;
        } catch (error) {
          isDeaf = (error as Error).message === "Query read timeout";
          throw isDeaf ? new Error(notAnswering(patience)) : error;
        }
      };
      return { query: query as PostgresPoolClient["query"], release: () => client.release(isDeaf) };
    },
    end: () => pool.end(),
  };
}
