import { userInfo } from "node:os";
import { createConnection } from "mysql2";
import type { Cell, Database, DatabasePlace } from "./database.ts";

/** So many rows are handed on together. */
const together = 1_000;

/** MariaDB or MySQL. Text is UTF-8, times are UTC, and what has no digits alone comes as bytes. */
export async function openMysql(place: DatabasePlace): Promise<Database> {
  const { host, port, user, password, database, socket } = place;
  const connection = createConnection({
    ...(socket === undefined ? { host, port } : { socketPath: socket }),
    user: user ?? userInfo().username,
    ...(password !== undefined && { password }),
    ...(database !== "" && { database }),
    charset: "utf8mb4",
    rowsAsArray: true,
    // Changed rows, not those that were looked at.
    flags: ["-FOUND_ROWS"],
    // Nothing is guessed of what is in a column: its bytes, unless it is digits anyway.
    typeCast: (field) => (isDigits.test(field.type) ? field.string() : field.buffer()),
  });
  const asking = connection.promise();
  const server = await begin(asking).catch((error) => {
    connection.destroy();
    throw error;
  });
  return {
    dialect: "mysql",
    server,
    rows: async (sql) => (await asking.query(sql))[0] as unknown as (readonly Cell[])[],
    async named(sql) {
      const [rows, fields] = (await asking.query(sql)) as unknown as [Cell[][], { readonly name: string }[]];
      return rows.map((row) => Object.fromEntries(row.map((cell, index) => [fields[index]!.name, cell])));
    },
    async *stream(sql) {
      const rows = connection.query(sql).stream({ highWaterMark: together });
      let some: (readonly Cell[])[] = [];
      for await (const row of rows as AsyncIterable<readonly Cell[]>) {
        some.push(row);
        if (some.length < together) continue;
        yield some;
        some = [];
      }
      if (some.length > 0) yield some;
    },
    async run(sql) {
      const [result] = await asking.query(sql);
      return (result as unknown as { affectedRows?: number }).affectedRows ?? 0;
    },
    close: () => asking.end(),
  };
}

/** Returns what the server calls itself. */
async function begin(
  asking: Pick<ReturnType<ReturnType<typeof createConnection>["promise"]>, "query">,
): Promise<string> {
  await asking.query(
    "SET SESSION time_zone = '+00:00', sql_mode = '', net_read_timeout = 3600, net_write_timeout = 3600",
  );
  const [[[answer]]] = (await asking.query("SELECT version()")) as unknown as [[[Buffer]]];
  const version = answer.toString();
  return /mariadb/i.test(version) ? `MariaDB ${version.replace(/-.*/, "")}` : `MySQL ${version}`;
}

const isDigits =
  /^(TINY|SHORT|LONG|LONGLONG|INT24|DECIMAL|NEWDECIMAL|FLOAT|DOUBLE|YEAR|DATE|NEWDATE|TIME|DATETIME|TIMESTAMP)\d?$/;
