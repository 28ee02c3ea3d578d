import type { Dialect } from "../../host/databases/database.ts";
import { quotedName } from "../../host/databases/quoting.ts";
import type { Column, Table } from "./schema.ts";
import { bitsOf, bytesOf, sortOf, textOf } from "./values.ts";
import type { Piece, Rows, Writing } from "./writing.ts";

/** So long a statement may become; servers take at least a megabyte. Characters. */
const longest = 1 << 19;

/** SQL for MariaDB and MySQL: whatever refers to what, and without triggers. */
export async function* writeMysql({ parts, from, rowsOf, textsOf }: Writing): AsyncGenerator<Piece> {
  const triggers = from === "mysql" ? parts.flatMap(({ table }) => table.triggers) : [];
  yield {
    sql: [
      "SET NAMES utf8mb4",
      "SET time_zone = '+00:00'",
      "SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'",
      // What belongs together is there in the end; until then it is not looked at.
      "SET FOREIGN_KEY_CHECKS = 0",
      ...triggers.map(({ name }) => `DROP TRIGGER IF EXISTS ${quotedName("mysql", name)}`),
      "START TRANSACTION",
    ],
  };
  for (const part of parts) {
    const columns = part.table.columns.filter(({ isGenerated }) => !isGenerated);
    const head = `INSERT INTO ${mysqlName(part.table, from)} (${columns.map(({ name }) => quotedName("mysql", name)).join(", ")}) VALUES\n`;
    const statements = textsOf?.(part, columns) ?? literals(rowsOf(part, columns), columns, from);
    for await (const statement of inserts(head, statements)) yield { sql: [statement] };
  }
  yield { sql: ["COMMIT"] };
  if (triggers.length > 0) yield { delimited: triggers.flatMap(({ statement }) => statement ?? []) };
}

/** What PostgreSQL calls by schema and name has one name here. */
const mysqlName = (table: Table, from: Dialect): string =>
  from === "mysql" ? table.sql : quotedName("mysql", table.name.split(".").at(-1)!);

/** Rows as they stand in SQL, together in statements that servers take. */
export async function* inserts(head: string, rows: AsyncIterable<readonly string[]>): AsyncGenerator<string> {
  let text = "";
  for await (const some of rows)
    for (const row of some) {
      text += `${text === "" ? head : ",\n"}${row}`;
      if (text.length < longest) continue;
      yield text;
      text = "";
    }
  if (text !== "") yield text;
}

/** Rows as they stand in SQL: `(1,'Anna',NULL)`. */
export async function* literals(rows: Rows, columns: readonly Column[], from: Dialect): AsyncGenerator<string[]> {
  const each = columns.map((column) => literalOf(column, from));
  for await (const some of rows)
    yield some.map((row) => {
      let values = "(";
      for (let index = 0; index < each.length; index++) {
        const cell = row[index]!;
        values += index > 0 ? "," : "";
        values += cell === null ? "NULL" : each[index]!(cell);
      }
      return `${values})`;
    });
}

/**
 * The same, worked out by the server: an expression that is a row as it stands in SQL; nothing where a row may be so long
 * that the server does not say it whole (`max_allowed_packet`).
 */
export function literalSql(columns: readonly Column[]): string | undefined {
  if (columns.some(({ type }) => /^(medium|long)|^(json|geometry|point|line|polygon|multi|geom)/i.test(type)))
    return undefined;
  const each = columns.map((column) => {
    const name = `t.${quotedName("mysql", column.name)}`;
    switch (sortOf("mysql", column)) {
      case "number":
      case "float":
        return `COALESCE(${name}, 'NULL')`;
      case "bits":
        return `COALESCE(CONCAT("b'", BIN(${name} + 0), "'"), 'NULL')`;
      case "bytes":
        return `CASE WHEN ${name} IS NULL THEN 'NULL' WHEN LENGTH(${name}) = 0 THEN "''" ELSE CONCAT('0x', HEX(${name})) END`;
      default:
        return `QUOTE(CONVERT(${name} USING utf8mb4))`;
    }
  });
  return `CONCAT('(', ${each.join(", ',', ")}, ')')`;
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
