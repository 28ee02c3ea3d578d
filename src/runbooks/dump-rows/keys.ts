import type { Cell, Database, Dialect } from "../../host/databases/database.ts";
import { quotedName, quotedText } from "../../host/databases/quoting.ts";
import type { Table } from "./schema.ts";
import { bytesOf, type Sort, sortOf, textOf } from "./values.ts";

/** What the rows of a table are kept by: a table of their keys, which goes with the connection. */
export interface Keys {
  readonly table: Table;
  /** The table of keys, in SQL. */
  readonly sql: string;
  /** Its columns: `k0`, `k1`. */
  readonly names: readonly string[];
  /** What they are of a row of the table that is called so. */
  readonly of: (alias: string) => readonly string[];
}

/** `number`: no other table of this connection has it. */
export function keysOf(table: Table, number: number, dialect: Dialect): Keys {
  const expressions = ((): ((alias: string) => readonly string[]) => {
    const { key, columns } = table;
    if (key) return (alias) => key.map((name) => `${alias}.${quotedName(dialect, name)}`);
    if (dialect === "postgres") return (alias) => [`${alias}.tableoid`, `${alias}.ctid`];
    // Rows that are all alike are one, and are read as many times as there are.
    return (alias) => [
      `MD5(CONCAT_WS(0x1f, ${columns.map(({ name }) => `QUOTE(${alias}.${quotedName(dialect, name)})`).join(", ")}))`,
    ];
  })();
  return {
    table,
    sql: quotedName(dialect, `upkeep_rows_${number}`),
    names: expressions("t").map((_, index) => `k${index}`),
    of: expressions,
  };
}

/** Makes tables for keys, and from then on every question is about the same moment. */
export async function beginSnapshot(database: Database, all: readonly Keys[]): Promise<void> {
  const isMysql = database.dialect === "mysql";
  if (!isMysql) await database.run("BEGIN ISOLATION LEVEL REPEATABLE READ");
  else await database.run("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
  for (const { table, sql, names, of } of all) {
    const columns = of("t").map((expression, index) => `${expression} AS ${names[index]}`);
    const select = `SELECT ${columns.join(", ")}, 0 AS own, 0 AS wave FROM ${table.sql} t`;
    if (isMysql)
      await database.run(
        `CREATE TEMPORARY TABLE ${sql} (PRIMARY KEY (${names.join(", ")}), KEY (wave)) ${select} LIMIT 0`,
      );
    else {
      await database.run(`CREATE TEMPORARY TABLE ${sql} ON COMMIT DROP AS ${select} WITH NO DATA`);
      await database.run(`ALTER TABLE ${sql} ADD PRIMARY KEY (${names.join(", ")})`);
      await database.run(`CREATE INDEX ON ${sql} (wave)`);
    }
  }
  if (isMysql) await database.run("START TRANSACTION WITH CONSISTENT SNAPSHOT");
}

/** So many keys are handed back to a server together. */
const together = 5_000;

/** A question for keys. */
export interface Select {
  readonly sql: string;
  /** None comes twice. */
  readonly isDistinct: boolean;
}

/** Adds the keys that are selected; a row that was only needed may become one that is wanted. Returns how many are news. */
export async function put(
  database: Database,
  { table, sql, names }: Keys,
  select: Select,
  isOwn: boolean,
  wave: number,
): Promise<number> {
  const own = isOwn ? 1 : 0;
  if (database.dialect === "postgres") {
    const keys = names.join(", ");
    const onConflict = isOwn ? `DO UPDATE SET own = 1, wave = ${wave} WHERE s.own = 0` : "DO NOTHING";
    const distinct = select.isDistinct ? "" : "DISTINCT ";
    const rows = await database.run(
      `INSERT INTO ${sql} AS s SELECT ${distinct}${keys}, ${own}, ${wave} FROM (${select.sql}) AS found (${keys}) ON CONFLICT (${keys}) ${onConflict}`,
    );
    if (rows > 1_000) await database.run(`ANALYZE ${sql}`);
    return rows;
  }
  // The server would take locks, and look at what is newer than the snapshot, if it did this by itself.
  const sorts = table.key?.map((name) => sortOf("mysql", table.columns.find((column) => column.name === name)!)) ?? [];
  let rows = 0;
  const batches: string[] = [];
  for await (const some of database.stream(select.sql))
    for (let start = 0; start < some.length; start += together)
      batches.push(
        some
          .slice(start, start + together)
          .map((row) => `(${row.map((cell, index) => literal(cell, sorts[index] ?? "text")).join(",")},${own},${wave})`)
          .join(","),
      );
  for (const values of batches) {
    const change = isOwn ? `wave = IF(own = 0, ${wave}, wave), own = 1` : "own = own";
    const changed = await database.run(`INSERT INTO ${sql} VALUES ${values} ON DUPLICATE KEY UPDATE ${change}`);
    rows += changed;
  }
  return rows;
}

const literal = (cell: Cell, sort: Sort | undefined): string => {
  if (cell === null) return "NULL";
  if (sort === "bytes" || sort === "bits") return `X'${bytesOf(cell).toString("hex")}'`;
  const text = textOf(cell);
  return /^-?\d{1,18}$/.test(text) ? text : quotedText("mysql", text);
};

/** That a row of the table is one of those, in SQL. */
export const same = (keys: Keys, table: string, set: string): string =>
  keys
    .of(table)
    .map((expression, index) => `${expression} = ${set}.${keys.names[index]}`)
    .join(" AND ");
