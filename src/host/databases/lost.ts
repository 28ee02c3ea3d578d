import type { Database } from "./database.ts";

/** What the kernel says of a connection that is no more (errno(3)), and what the clients say. */
const isGone = /^(?:EPIPE|ECONNRESET|ECONNABORTED|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|PROTOCOL_CONNECTION_LOST)$/;

/** An error of a connection that was lost, said so that people know which: "write EPIPE" alone is nobody's. */
function named(error: unknown, shown: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  const isLost = isGone.test(code ?? "") || /^Connection terminated|^This socket has been ended/.test(message ?? "");
  return isLost ? new Error(`the connection to ${shown} was lost: ${message}`, { cause: error }) : error;
}

/** The same database; of a connection that was lost it says which. `shown`: for people. */
export function sayingWhatIsLost(database: Database, shown: string): Database {
  const promised =
    <Args extends unknown[], T>(ask: (...args: Args) => Promise<T>) =>
    (...args: Args): Promise<T> =>
      ask(...args).catch((error: unknown) => {
        throw named(error, shown);
      });
  const streamed = <T>(ask: (sql: string) => AsyncIterable<T>) =>
    async function* (sql: string): AsyncGenerator<T> {
      try {
        yield* ask(sql);
      } catch (error) {
        throw named(error, shown);
      }
    };
  const { copy, copyIn } = database;
  return {
    ...database,
    rows: promised(database.rows),
    named: promised(database.named),
    stream: streamed(database.stream),
    run: promised(database.run),
    ...(copy && { copy: streamed(copy) }),
    ...(copyIn && { copyIn: promised(copyIn) }),
  };
}
