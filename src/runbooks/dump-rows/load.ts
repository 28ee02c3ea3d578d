import { type DatabasePlace, openDatabaseAt } from "../../host/databases/database.ts";
import { UserError } from "../../model/problem.ts";
import type { Piece } from "./writing.ts";

/** Loads it into another database, in one transaction: all of it, or nothing. */
export async function loadInto(place: DatabasePlace, pieces: AsyncIterable<Piece>): Promise<void> {
  const database = await openDatabaseAt(place).catch((error: Error) => {
    throw new UserError(`cannot connect to ${place.shown}: ${error.message}`);
  });
  try {
    for await (const piece of pieces) {
      if ("copy" in piece) await database.copyIn!(piece.copy, piece.lines);
      else if ("sql" in piece) for (const statement of piece.sql) await database.run(statement);
      else throw new UserError(`tables with triggers cannot be filled in ${place.shown} directly; write a file`);
    }
  } finally {
    // What has not been committed is gone with the connection.
    await database.close().catch(() => {});
  }
}
