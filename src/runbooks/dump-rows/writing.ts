import type { Cell, Dialect } from "../../host/databases/database.ts";
import type { Part } from "./closure.ts";
import type { Order } from "./order.ts";
import type { Column, Table } from "./schema.ts";

export type Rows = AsyncIterable<readonly (readonly Cell[])[]>;

/** What is written, whatever the form. */
export interface Writing {
  /** In the order in which they are to be loaded. */
  readonly parts: readonly Part[];
  readonly order: Order;
  /** The server that they come from. */
  readonly from: Dialect;
  /** Rows of a part, of these columns. */
  readonly rowsOf: (part: Part, columns: readonly Column[]) => Rows;
  /** Whether columns of it are anonymized. */
  readonly isChanged: (table: Table) => boolean;
  /** The same as they stand in MariaDB's SQL, where the server can say it itself; nothing, where it cannot. */
  readonly textsOf?: (part: Part, columns: readonly Column[]) => AsyncIterable<readonly string[]> | undefined;
  /** The same as PostgreSQL's COPY writes them, where nothing has to be changed about them. */
  readonly copyOf?: (part: Part, columns: readonly Column[]) => AsyncIterable<Buffer>;
}

/** A piece of what loads it. */
export type Piece =
  /** Statements, one after the other. */
  | { readonly sql: readonly string[] }
  /** Statements with semicolons inside. */
  | { readonly delimited: readonly string[] }
  /** `COPY ... FROM STDIN`, and its lines. */
  | { readonly copy: string; readonly lines: AsyncIterable<string | Buffer> }
  /** No SQL at all. */
  | { readonly text: string };

/** As a file that `mysql` and `psql` take. */
export async function* asText(pieces: AsyncIterable<Piece>): AsyncGenerator<string | Buffer> {
  for await (const piece of pieces) {
    if ("text" in piece) yield piece.text;
    else if ("sql" in piece) yield piece.sql.map((statement) => `${statement};\n`).join("");
    else if ("delimited" in piece)
      yield `DELIMITER ;;\n${piece.delimited.map((statement) => `${statement} ;;\n`).join("")}DELIMITER ;\n`;
    else {
      yield `${piece.copy};\n`;
      yield* piece.lines;
      yield "\\.\n";
    }
  }
}
