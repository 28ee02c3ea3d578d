import type { Database } from "../../host/databases/database.ts";
import { quotedName, quotedText } from "../../host/databases/quoting.ts";

/** A table that MyISAM keeps. */
export interface MyisamTable {
  readonly database: string;
  readonly name: string;
  /** As it was made: `Fixed`, `Dynamic`. */
  readonly rowFormat: string;
  readonly rows: number;
  /** Of rows and indexes together. */
  readonly bytes: number;
  readonly columns: readonly string[];
  /** Full-text indexes. */
  readonly fullText: readonly string[];
  /** Why InnoDB cannot keep it. */
  readonly obstacle?: string;
}

/** What the server says of itself that matters for it. */
export interface Server {
  readonly name: string;
  /** `innodb_buffer_pool_size`. */
  readonly pool: number;
  /** Shortest words that are found: MyISAM's and InnoDB's. */
  readonly shortest: readonly [myisam: number, innodb: number];
  readonly tables: readonly MyisamTable[];
}

const system = "'mysql', 'information_schema', 'performance_schema', 'sys'";

/** In a name of a table as it stands in SQL. */
export const tableSql = ({ database, name }: Pick<MyisamTable, "database" | "name">): string =>
  [database, name].map((each) => quotedName("mysql", each)).join(".");

/** Looks for them, the smallest first. */
export async function readServer(database: Database, only: string): Promise<Server> {
  const ask = async (sql: string) =>
    (await database.rows(sql)).map((row) => row.map((cell) => (cell === null ? "" : cell.toString())));
  const own = only === "" ? `NOT IN (${system})` : `= ${quotedText("mysql", only)}`;
  const found = await ask(
    `SELECT table_schema, table_name, COALESCE(row_format, ''), COALESCE(table_rows, 0), COALESCE(data_length, 0) + COALESCE(index_length, 0)
     FROM information_schema.tables WHERE engine = 'MyISAM' AND table_type = 'BASE TABLE' AND table_schema ${own}
     ORDER BY 5, 1, 2`,
  );
  const columns = await ask(
    `SELECT table_schema, table_name, column_name, extra FROM information_schema.columns WHERE table_schema ${own} ORDER BY ordinal_position`,
  );
  const indexes = await ask(
    `SELECT table_schema, table_name, index_name, index_type, column_name, seq_in_index FROM information_schema.statistics WHERE table_schema ${own}`,
  );
  const of = (rows: readonly (readonly string[])[], database: string, name: string) =>
    rows.filter(([schema, table]) => schema === database && table === name);
  const [[pool = "0", myisam = "4", innodb = "3"] = []] = await ask(
    "SELECT @@innodb_buffer_pool_size, @@ft_min_word_len, @@innodb_ft_min_token_size",
  );
  return {
    name: database.server,
    pool: Number(pool),
    shortest: [Number(myisam), Number(innodb)],
    tables: found.map(([database = "", name = "", rowFormat = "", rows, bytes]): MyisamTable => {
      const own = of(columns, database, name);
      const keys = of(indexes, database, name);
      const counted = own.find(([, , , extra]) => /auto_increment/i.test(extra ?? ""))?.[2];
      const leads = keys.some(([, , , , column, place]) => column === counted && place === "1");
      return {
        database,
        name,
        rowFormat,
        rows: Number(rows),
        bytes: Number(bytes),
        columns: own.map(([, , column]) => column!),
        fullText: [...new Set(keys.filter(([, , , type]) => type === "FULLTEXT").map(([, , index]) => index!))],
        ...(counted !== undefined &&
          !leads && { obstacle: `${counted} counts up within other columns, which InnoDB does not do` }),
      };
    }),
  };
}

/** How many rows there are and what is in them, as two numbers and a sum that say the same whatever keeps them. */
export async function contentOf(database: Database, table: MyisamTable): Promise<string> {
  const row = `CONCAT_WS(0x1f, ${table.columns.map((name) => `QUOTE(${quotedName("mysql", name)})`).join(", ")})`;
  const [cells = []] = await database.rows(
    `SELECT COUNT(*), COALESCE(SUM(CRC32(${row})), 0), COALESCE(BIT_XOR(CAST(CONV(LEFT(MD5(${row}), 16), 16, 10) AS UNSIGNED)), 0) FROM ${tableSql(table)}`,
  );
  return cells.map(String).join(" ");
}
