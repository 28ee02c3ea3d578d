import { type Database, openDatabaseAt, serverPlace } from "../host/databases/database.ts";
import { UserError } from "../model/problem.ts";

/** Connects to a server, or a database of it, for as long as it is used. */
export async function withDatabase<T>(address: string, use: (database: Database) => Promise<T>): Promise<T> {
  const place = serverPlace(address)!;
  const database = await openDatabaseAt(place).catch((error: Error) => {
    throw new UserError(`cannot connect to ${place.shown}: ${error.message}`);
  });
  try {
    return await use(database);
  } finally {
    await database.close().catch(() => {});
  }
}
