import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import { dirname } from "node:path";
import { createInterface } from "node:readline";

/*
 * A socket on this machine that only root can open. Who comes says one thing, a JSON text in a line, and gets answers the
 * same way. Both ends are the same version of the same program.
 */

/** Answers one who has come; `say` as often as there is something to say, until `gone`. */
export type Answer = (asked: unknown, say: (value: object) => void, gone: AbortSignal) => Promise<void>;

/** Opens the door. Returns what closes it. */
export async function openDoor(path: string, answer: Answer): Promise<() => void> {
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  const connections = new Set<{ destroy(): void }>();
  const server = createServer((connection) => {
    const gone = new AbortController();
    connections.add(connection);
    connection.on("error", () => {});
    connection.on("close", () => {
      connections.delete(connection);
      gone.abort();
    });
    const say = (value: object) => void connection.write(`${JSON.stringify(value)}\n`);
    const lines = createInterface({ input: connection }).on("error", () => {});
    lines.once("line", async (line) => {
      try {
        await answer(JSON.parse(line), say, gone.signal);
      } catch (error) {
        say({ problem: (error as Error).message });
      }
      connection.end();
    });
  });
  const before = process.umask(0o177);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  process.umask(before);
  chmodSync(path, 0o600);
  return () => {
    server.close();
    for (const connection of connections) connection.destroy();
  };
}

/** Says something at the door and hears all answers. Resolves when that is over; rejects if nobody is there. */
export function askAtDoor(
  path: string,
  asked: object,
  hear: (answer: unknown) => void,
  over?: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const connection = createConnection(path);
    over?.addEventListener("abort", () => connection.destroy());
    const lines = createInterface({ input: connection }).on("error", reject);
    lines.on("line", (line) => hear(JSON.parse(line)));
    connection.on("error", reject);
    connection.on("close", () => resolve());
    connection.write(`${JSON.stringify(asked)}\n`);
  });
}
