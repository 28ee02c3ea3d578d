import type { Dialect } from "../../host/databases/database.ts";
import { quotedName } from "../../host/databases/quoting.ts";
import type { Part } from "./closure.ts";
import type { Column } from "./schema.ts";
import { inserts, literals } from "./write-mysql.ts";
import { linesOf } from "./write-postgres.ts";
import type { Piece, Writing } from "./writing.ts";

/** Makes a table, for the time being, of some columns of rows, and fills it. `set`: its name in SQL. */
export async function* writeKeys(
  set: string,
  part: Part,
  columns: readonly Column[],
  from: Dialect,
  rowsOf: Writing["rowsOf"],
): AsyncGenerator<Piece> {
  const list = columns.map(({ name }) => quotedName(from, name)).join(", ");
  const { sql } = part.table;
  if (from === "mysql") {
    yield { sql: [`CREATE TEMPORARY TABLE ${set} AS SELECT ${list} FROM ${sql} LIMIT 0`] };
    for await (const statement of inserts(
      `INSERT INTO ${set} VALUES\n`,
      literals(rowsOf(part, columns), columns, from),
    ))
      yield { sql: [statement] };
    return;
  }
  yield { sql: [`CREATE TEMPORARY TABLE ${set} ON COMMIT DROP AS SELECT ${list} FROM ${sql} WITH NO DATA`] };
  yield { copy: `COPY ${set} FROM STDIN`, lines: linesOf(rowsOf(part, columns), columns, from, new Set()) };
}
