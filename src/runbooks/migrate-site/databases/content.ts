import type { Database } from "../../../host/databases/database.ts";
import { quotedName, quotedText } from "../../../host/databases/quoting.ts";

/** A table, as far as comparing and copying its rows goes. */
export interface MovedTable {
  /** As it stands in SQL. */
  readonly sql: string;
  /** For people; in MariaDB also for its own programs. */
  readonly name: string;
  /** Those that are not computed from others. */
  readonly columns: readonly string[];
  /** An expression whose value says to which part of the table a row belongs. */
  readonly part: string;
}

/** What is in the parts of a table: how many rows, and a sum over what is in each, which does not mind their order. */
export type Content = ReadonlyMap<string, string>;

/** Rows with neighbouring numbers are a part together, so many of them: what was added last is in few parts. */
const together = 500;
/** Where there are no numbers, rows are dealt out to so many. */
const parts = 1_024;

/** The tables of a database. */
export const tablesOf = (database: Database, name: string): Promise<MovedTable[]> =>
  database.dialect === "mysql" ? mysqlTables(database, name) : postgresTables(database);

const texts = async (database: Database, sql: string): Promise<string[][]> =>
  (await database.rows(sql)).map((row) => row.map((cell) => (cell === null ? "" : cell.toString())));

const whole = /^(tinyint|smallint|mediumint|int|bigint|integer|int2|int4|int8)$/;

async function mysqlTables(database: Database, name: string): Promise<MovedTable[]> {
  const own = quotedText("mysql", name);
  const columns = await texts(
    database,
    `SELECT c.table_name, c.column_name, c.data_type, c.column_key, c.generation_expression IS NOT NULL AND c.generation_expression <> ''
     FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = ${own} AND t.table_type = 'BASE TABLE' ORDER BY c.table_name, c.ordinal_position`,
  );
  return [...Map.groupBy(columns, ([table]) => table!)].map(([table, all]) => {
    const stored = all.filter(([, , , , isComputed]) => isComputed !== "1").map(([, column]) => column!);
    const keys = all.filter(([, , , key]) => key === "PRI");
    const number = keys.length === 1 && whole.test(keys[0]![2]!) ? quotedName("mysql", keys[0]![1]!) : undefined;
    const dealt = (keys.length > 0 ? keys.map(([, column]) => column!) : stored).map(textOfMysql).join(", ");
    return {
      sql: quotedName("mysql", table),
      name: table,
      columns: stored,
      part: number === undefined ? `CRC32(CONCAT_WS(0x1f, ${dealt})) MOD ${parts}` : `${number} DIV ${together}`,
    };
  });
}

/** The same whatever the server's version and settings are, and never null. */
const textOfMysql = (column: string): string => `QUOTE(${quotedName("mysql", column)})`;

async function postgresTables(database: Database): Promise<MovedTable[]> {
  const columns = await texts(
    database,
    `SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, NULL), a.attgenerated,
            COALESCE(a.attnum = ANY(i.indkey), false), COALESCE(i.indnatts, 0), t.typname
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid
     LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
     WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND a.attnum > 0 AND NOT a.attisdropped
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
     ORDER BY 1, 2, a.attnum`,
  );
  return [...Map.groupBy(columns, ([schema, table]) => `${schema}.${table}`)].map(([name, all]) => {
    const [schema = "", table = ""] = all[0]!;
    const keys = all.filter(([, , , , , isKey]) => isKey === "t" || isKey === "true");
    const key = keys.length === 1 && whole.test(keys[0]![7]!) ? quotedName("postgres", keys[0]![2]!) : undefined;
    const names = (keys.length > 0 ? keys : all).map(([, , column]) => quotedName("postgres", column!));
    return {
      sql: `${quotedName("postgres", schema)}.${quotedName("postgres", table)}`,
      name,
      columns: all.filter(([, , , , computed]) => computed === "").map(([, , column]) => column!),
      part: key === undefined ? `(${numberOf(`ROW(${names.join(", ")})::text`)} % ${parts})` : `(${key} / ${together})`,
    };
  });
}

/** Sixty bits of a digest of a text. */
const numberOf = (text: string): string => `('x' || substr(md5(${text}), 1, 15))::bit(60)::bigint`;

/** Reads a table once. */
export async function contentOf(database: Database, { sql, columns, part }: MovedTable): Promise<Content> {
  const row =
    database.dialect === "mysql"
      ? `CAST(CONV(LEFT(MD5(CONCAT_WS(0x1f, ${columns.map(textOfMysql).join(", ")})), 15), 16, 10) AS UNSIGNED)`
      : numberOf(`ROW(${columns.map((name) => quotedName("postgres", name)).join(", ")})::text`);
  const found = await texts(
    database,
    `SELECT ${part}, COUNT(*), SUM(${database.dialect === "mysql" ? row : `(${row})::numeric`}) FROM ${sql} GROUP BY 1`,
  );
  return new Map(found.map(([number = "", count, sum]) => [number, `${count} ${sum}`]));
}

export const rowsIn = (content: Content): number =>
  [...content.values()].reduce((sum, each) => sum + Number(each.split(" ")[0]), 0);

/** The parts in which two tables differ. */
export const differing = (one: Content, other: Content): string[] =>
  [...new Set([...one.keys(), ...other.keys()])].filter((part) => one.get(part) !== other.get(part));
