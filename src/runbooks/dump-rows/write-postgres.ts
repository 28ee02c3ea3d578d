import type { Dialect } from "../../host/databases/database.ts";
import { quotedName, quotedText } from "../../host/databases/quoting.ts";
import type { Part } from "./closure.ts";
import type { Column, Relation } from "./schema.ts";
import { bitsOf, bytesOf, sortOf, textOf } from "./values.ts";
import type { Piece, Rows, Writing } from "./writing.ts";

/** SQL for PostgreSQL: COPY, without triggers; circles are closed when everything is there. */
export async function* writePostgres({ parts, order, from, rowsOf, copyOf }: Writing): AsyncGenerator<Piece> {
  const name = (text: string) => quotedName("postgres", text);
  const tableOf = ({ table }: Part) => (from === "postgres" ? table.sql : name(table.name));
  const withTriggers = from === "postgres" ? parts.filter(({ table }) => table.triggers.length > 0) : [];
  const later = new Map(parts.map((part) => [part, laterOf(part, order.loose)]));
  const isForced = order.loose.some((relation) => !canWait(relation, parts) && relation.child !== relation.parent);
  yield {
    sql: [
      "SET client_encoding = 'UTF8'",
      "SET standard_conforming_strings = on",
      "SET TimeZone = 'UTC'",
      "SET DateStyle = 'ISO'",
      "SET IntervalStyle = 'postgres'",
      // Tables that refer to each other and may not refer to nothing: only who may switch off the checks can fill them.
      ...(isForced ? ["SET session_replication_role = replica"] : []),
      "BEGIN",
      "SET CONSTRAINTS ALL DEFERRED",
      ...withTriggers.map((part) => `ALTER TABLE ${tableOf(part)} DISABLE TRIGGER USER`),
    ],
  };
  for (const part of parts) {
    const columns = part.table.columns.filter(({ isGenerated }) => !isGenerated);
    const copy = `COPY ${tableOf(part)} (${columns.map((column) => name(column.name)).join(", ")}) FROM STDIN`;
    const empty = later.get(part)!;
    if (copyOf && empty.length === 0) yield { copy, lines: copyOf(part, columns) };
    else yield { copy, lines: linesOf(rowsOf(part, columns), columns, from, new Set(empty)) };
  }
  for (const [index, part] of parts.entries()) {
    const empty = later.get(part)!;
    if (empty.length === 0) continue;
    const columns = part.table.columns.filter(
      (column) => part.table.key!.includes(column.name) || empty.includes(column.name),
    );
    const list = columns.map((column) => name(column.name)).join(", ");
    const temporary = name(`upkeep_later_${index}`);
    yield {
      sql: [`CREATE TEMPORARY TABLE ${temporary} ON COMMIT DROP AS SELECT ${list} FROM ${tableOf(part)} WITH NO DATA`],
    };
    yield {
      copy: `COPY ${temporary} (${list}) FROM STDIN`,
      lines: linesOf(rowsOf(part, columns), columns, from, new Set()),
    };
    const set = empty.map((column) => `${name(column)} = l.${name(column)}`).join(", ");
    const where = part.table.key!.map((column) => `t.${name(column)} = l.${name(column)}`).join(" AND ");
    yield { sql: [`UPDATE ${tableOf(part)} t SET ${set} FROM ${temporary} l WHERE ${where}`] };
  }
  yield {
    sql: [
      "SET CONSTRAINTS ALL IMMEDIATE",
      ...withTriggers.map((part) => `ALTER TABLE ${tableOf(part)} ENABLE TRIGGER USER`),
      ...parts.flatMap((part) =>
        part.table.columns.filter(({ isCounted }) => isCounted).map((column) => countFrom(tableOf(part), column)),
      ),
      "COMMIT",
      ...(isForced ? ["SET session_replication_role = DEFAULT"] : []),
    ],
  };
}

/** What is given from now on is higher than what was. */
const countFrom = (table: string, { name }: Column): string =>
  `SELECT setval(pg_get_serial_sequence(${quotedText("postgres", table)}, ${quotedText("postgres", name)}), (SELECT max(${quotedName("postgres", name)}) FROM ${table})) WHERE EXISTS (SELECT FROM ${table})`;

/** Whether a circle can be closed later: checked at the end anyway, or with columns that may be empty until then. */
function canWait({ child, columns, isDeferrable }: Relation, parts: readonly Part[]): boolean {
  const table = parts.find((part) => part.table.name === child)?.table;
  if (isDeferrable || !table) return true;
  return (
    table.key !== undefined && columns.every((name) => table.columns.find((each) => each.name === name)?.isNullable)
  );
}

/** Columns of a table that are filled in when everything else is there. */
const laterOf = (part: Part, loose: readonly Relation[]): readonly string[] => [
  ...new Set(
    loose
      // Within a table, all rows of one COPY are there before any of them is checked.
      .filter((relation) => relation.child === part.table.name && relation.parent !== relation.child)
      .filter((relation) => !relation.isDeferrable && canWait(relation, [part]))
      .flatMap(({ columns }) => columns)
      .filter((name) => !part.table.key?.includes(name)),
  ),
];

export async function* linesOf(
  rows: Rows,
  columns: readonly Column[],
  from: Dialect,
  empty: ReadonlySet<string>,
): AsyncGenerator<string> {
  const texts = columns.map((column) => (empty.has(column.name) ? () => "\\N" : copyText(column, from)));
  for await (const some of rows)
    yield some
      .map((row) => `${row.map((cell, index) => (cell === null ? "\\N" : texts[index]!(cell))).join("\t")}\n`)
      .join("");
}

function copyText(column: Column, from: Dialect): (cell: string | Buffer) => string {
  const sort = sortOf(from, column);
  if (sort === "bytes") return (cell) => `\\\\x${bytesOf(cell).toString("hex")}`;
  if (sort === "bits") return (cell) => bitsOf(cell, column);
  // There is no such day.
  if (from === "mysql" && /^(date|timestamp)/.test(column.type))
    return (cell) => (textOf(cell).startsWith("0000-00-00") ? "\\N" : escaped(textOf(cell)));
  return (cell) => escaped(textOf(cell));
}

const special = /[\b\f\n\r\t\v\\]/g;
const escapes: Readonly<Record<string, string>> = {
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
};

const escaped = (text: string): string => text.replace(special, (sign) => escapes[sign]!);
