import type { Dialect } from "../../host/databases/database.ts";
import { type Column, quoted, type Table } from "./schema.ts";
import { bitsOf, bytesOf, sortOf, textOf } from "./values.ts";
import type { Piece, Rows, Writing } from "./writing.ts";

/** So long a statement may become; servers take at least a megabyte. Characters. */
const longest = 1 << 19;

/** SQL for MariaDB and MySQL: whatever refers to what, and without triggers. */
export async function* writeMysql({ parts, from, rowsOf }: Writing): AsyncGenerator<Piece> {
  const triggers = from === "mysql" ? parts.flatMap(({ table }) => table.triggers) : [];
  yield {
    sql: [
      "SET NAMES utf8mb4",
      "SET time_zone = '+00:00'",
      "SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'",
      // What belongs together is there in the end; until then it is not looked at.
      "SET FOREIGN_KEY_CHECKS = 0",
      ...triggers.map(({ name }) => `DROP TRIGGER IF EXISTS ${quoted("mysql", name)}`),
      "START TRANSACTION",
    ],
  };
  for (const part of parts) {
    const columns = part.table.columns.filter(({ isGenerated }) => !isGenerated);
    const head = `INSERT INTO ${mysqlName(part.table, from)} (${columns.map(({ name }) => quoted("mysql", name)).join(", ")}) VALUES\n`;
    for await (const statement of inserts(head, rowsOf(part, columns), columns, from)) yield { sql: [statement] };
  }
  yield { sql: ["COMMIT"] };
  if (triggers.length > 0) yield { delimited: triggers.flatMap(({ statement }) => statement ?? []) };
}

/** What PostgreSQL calls by schema and name has one name here. */
const mysqlName = (table: Table, from: Dialect): string =>
  from === "mysql" ? table.sql : quoted("mysql", table.name.split(".").at(-1)!);

export async function* inserts(
  head: string,
  rows: Rows,
  columns: readonly Column[],
  from: Dialect,
): AsyncGenerator<string> {
  const literals = columns.map((column) => literalOf(column, from));
  let text = "";
  for await (const some of rows)
    for (const row of some) {
      let values = "(";
      for (let index = 0; index < literals.length; index++) {
        const cell = row[index]!;
        values += index > 0 ? "," : "";
        values += cell === null ? "NULL" : literals[index]!(cell);
      }
      text += `${text === "" ? head : ",\n"}${values})`;
      if (text.length < longest) continue;
      yield text;
      text = "";
    }
  if (text !== "") yield text;
}

function literalOf(column: Column, from: Dialect): (cell: string | Buffer) => string {
  const sort = sortOf(from, column);
  if (sort === "number" || sort === "float")
    return (cell) => (/^-?[\d.]+(e[+-]?\d+)?$/i.test(textOf(cell)) ? textOf(cell) : quote(textOf(cell)));
  if (sort === "boolean") return (cell) => (cell === "t" ? "1" : "0");
  if (sort === "bits") return (cell) => `b'${bitsOf(cell, column)}'`;
  if (sort === "bytes") return (cell) => hexOf(bytesOf(cell));
  if (sort === "instant") return (cell) => quote(textOf(cell).replace(/[+-]00(:?00)?$/, ""));
  return (cell) => quote(textOf(cell));
}

const hexOf = (bytes: Buffer): string => (bytes.length === 0 ? "''" : `0x${bytes.toString("hex")}`);

const special = /[\0\n\r\x1a\\']/;
const everySpecial = /[\0\n\r\x1a\\']/g;
const escapes: Readonly<Record<string, string>> = { "\0": "\\0", "\n": "\\n", "\r": "\\r", "\x1a": "\\Z" };

const quote = (text: string): string =>
  special.test(text) ? `'${text.replace(everySpecial, (sign) => escapes[sign] ?? `\\${sign}`)}'` : `'${text}'`;
