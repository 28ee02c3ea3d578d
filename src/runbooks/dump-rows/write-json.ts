import type { Cell, Dialect } from "../../host/databases/database.ts";
import type { Column } from "./schema.ts";
import { bitsOf, bytesOf, sortOf, textOf } from "./values.ts";
import type { Piece, Writing } from "./writing.ts";

/** JSON Lines: `{"table": "customers", "row": {"id": 42, "name": "Anna"}}`. Bytes are base64; numbers that JSON would round are text. */
export async function* writeJson({ parts, from, rowsOf, isChanged }: Writing): AsyncGenerator<Piece> {
  for (const part of parts) {
    const { table } = part;
    // What is worked out of what is anonymized would tell what it was.
    const columns = table.columns.filter(({ isGenerated }) => !isGenerated || !isChanged(table));
    const values = columns.map((column) => jsonOf(column, from));
    for await (const some of rowsOf(part, columns))
      yield {
        text: some
          .map((row) => {
            const fields = columns.map(({ name }, index) => [name, values[index]!(row[index]!)]);
            return `${JSON.stringify({ table: table.name, row: Object.fromEntries(fields) })}\n`;
          })
          .join(""),
      };
  }
}

function jsonOf(column: Column, from: Dialect): (cell: Cell) => unknown {
  const value = ((): ((cell: string | Buffer) => unknown) => {
    switch (sortOf(from, column)) {
      case "float":
        return (cell) => (Number.isFinite(Number(cell)) ? Number(cell) : textOf(cell));
      case "number":
        return (cell) =>
          Number.isSafeInteger(Number(cell)) && /^-?\d+$/.test(textOf(cell)) ? Number(cell) : textOf(cell);
      case "boolean":
        return (cell) => cell === "t";
      case "bits":
        return (cell) => bitsOf(cell, column);
      case "bytes":
        return (cell) => bytesOf(cell).toString("base64");
      case "json":
        return (cell) => JSON.parse(textOf(cell));
      default:
        return textOf;
    }
  })();
  return (cell) => (cell === null ? null : value(cell));
}
