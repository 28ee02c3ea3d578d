import { quotedName } from "../../host/databases/quoting.ts";
import type { Part } from "./closure.ts";
import type { Column, Relation } from "./schema.ts";
import { writeKeys } from "./write-keys.ts";
import type { Piece, Writing } from "./writing.ts";

/**
 * SQL that takes the rows away again that are wanted for themselves: who refers to others first, all or nothing. What others
 * still refer to is refused by the database, as it should be.
 */
export async function* writeDelete({ parts, order, from, rowsOf }: Writing): AsyncGenerator<Piece> {
  yield {
    sql:
      from === "mysql"
        ? ["SET NAMES utf8mb4", "SET time_zone = '+00:00'", "START TRANSACTION"]
        : ["BEGIN", "SET CONSTRAINTS ALL DEFERRED"],
  };
  const gone = parts.filter(({ own }) => own > 0).reverse();
  const sets = new Map(gone.map((part, index) => [part, quotedName(from, `upkeep_gone_${index}`)]));
  for (const part of gone) yield* writeKeys(sets.get(part)!, part, keyColumns(part), from, rowsOf);
  for (const part of gone) {
    const names = emptied(part, order.loose);
    if (names.length === 0) continue;
    const set = names.map((name) => `${from === "mysql" ? "t." : ""}${quotedName(from, name)} = NULL`).join(", ");
    yield {
      sql: [
        from === "mysql"
          ? `UPDATE ${part.table.sql} t JOIN ${sets.get(part)} g ON ${same(part, from)} SET ${set}`
          : `UPDATE ${part.table.sql} t SET ${set} FROM ${sets.get(part)} g WHERE ${same(part, from)}`,
      ],
    };
  }
  for (const part of gone) {
    const remove =
      from === "mysql"
        ? `DELETE t FROM ${part.table.sql} t JOIN ${sets.get(part)} g ON ${same(part, from)}`
        : `DELETE FROM ${part.table.sql} t USING ${sets.get(part)} g WHERE ${same(part, from)}`;
    // Rows of a table that may not refer to nothing, and refer to each other: MariaDB looks at each by itself.
    const isBound =
      from === "mysql" &&
      order.loose.some((relation) => relation.child === part.table.name && !mayBeEmpty(part, relation));
    yield { sql: isBound ? ["SET FOREIGN_KEY_CHECKS = 0", remove, "SET FOREIGN_KEY_CHECKS = 1"] : [remove] };
  }
  yield { sql: ["COMMIT"] };
}

/** Without a key, rows are told apart by everything in them. */
const keyColumns = ({ table }: Part): readonly Column[] =>
  table.key ? table.columns.filter(({ name }) => table.key!.includes(name)) : table.columns;

const same = (part: Part, from: Writing["from"]): string => {
  const equals = part.table.key ? "=" : from === "mysql" ? "<=>" : "IS NOT DISTINCT FROM";
  return keyColumns(part)
    .map(({ name }) => `t.${quotedName(from, name)} ${equals} g.${quotedName(from, name)}`)
    .join(" AND ");
};

const mayBeEmpty = ({ table }: Part, { columns }: Relation): boolean =>
  columns.every((name) => table.columns.find((each) => each.name === name)?.isNullable);

/** Columns that are emptied before, so that nothing refers in a circle. */
const emptied = (part: Part, loose: readonly Relation[]): readonly string[] => [
  ...new Set(
    loose
      .filter((relation) => relation.child === part.table.name && mayBeEmpty(part, relation))
      .flatMap(({ columns }) => columns)
      .filter((name) => !part.table.key?.includes(name)),
  ),
];
