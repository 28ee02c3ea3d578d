import { UserError } from "../../model/problem.ts";
import { withDatabase } from "../with-database.ts";
import type { Piece } from "./writing.ts";

/** Loads it into another database, in one transaction: all of it, or nothing. What is not committed goes with the connection. */
export const loadInto = (address: string, pieces: AsyncIterable<Piece>): Promise<void> =>
  withDatabase(address, async (database) => {
    for await (const piece of pieces) {
      if ("copy" in piece) await database.copyIn!(piece.copy, piece.lines);
      else if ("sql" in piece) for (const statement of piece.sql) await database.run(statement);
      else throw new UserError("tables with triggers cannot be filled directly; write a file, and load that");
    }
  });
