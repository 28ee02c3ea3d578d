import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import { createInterface } from "node:readline";
import type { Guard } from "../agent/guard.ts";
import { UserError } from "../model/problem.ts";
import type { Banned } from "../store/bans.ts";

/*
 * Where commands speak with the guard: a socket that only root can open. A request and an answer, a JSON text each; they
 * come from the same version of the same program.
 */

const socket = "/run/upkeep/guard.sock";

export type Asked = { readonly is: "ban"; readonly ban: Banned } | { readonly is: "unban"; readonly address: string };

/** Returns what closes it. */
export async function serveGuard(guard: Guard): Promise<() => void> {
  mkdirSync("/run/upkeep", { recursive: true });
  rmSync(socket, { force: true });
  const server = createServer((connection) => {
    connection.on("error", () => {});
    const requests = createInterface({ input: connection }).on("error", () => {});
    requests.on("line", async (line) => {
      try {
        connection.end(`${JSON.stringify({ answer: await answer(guard, JSON.parse(line) as Asked) })}\n`);
      } catch (error) {
        connection.end(`${JSON.stringify({ problem: (error as Error).message })}\n`);
      }
    });
  });
  const before = process.umask(0o177);
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  process.umask(before);
  chmodSync(socket, 0o600);
  return () => void server.close();
}

async function answer(guard: Guard, asked: Asked): Promise<unknown> {
  switch (asked.is) {
    case "ban":
      return guard.ban(asked.ban);
    case "unban":
      return guard.unban(asked.address);
  }
}

/** Throws a {@link UserError} where no guard runs. */
export async function askGuard<T>(asked: Asked): Promise<T> {
  const line = await new Promise<string>((resolve, reject) => {
    const connection = createConnection(socket);
    const fail = () =>
      reject(new UserError("nothing keeps anybody out on this machine: no jail is stated. See `upkeep explain Jail`"));
    createInterface({ input: connection }).on("line", resolve).on("error", fail);
    connection.on("error", fail);
    connection.write(`${JSON.stringify(asked)}\n`);
  });
  const { answer: given, problem } = JSON.parse(line) as { answer?: T; problem?: string };
  if (problem !== undefined) throw new UserError(problem);
  return given as T;
}
