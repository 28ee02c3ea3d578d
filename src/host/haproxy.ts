import { createConnection } from "node:net";
import type { Host } from "./host.ts";

const socket = "/run/haproxy/upkeep.sock";

/**
 * Makes a running HAProxy have a map as its file is now: all of it at one instant (management guide, "prepare map",
 * "commit map"). One that does not run, or does not know the map yet, reads it when it starts.
 */
export async function readMapAgain(host: Host, path: string): Promise<void> {
  if (!host.files.stat(socket)) return;
  const version = /New version created: (\d+)/.exec(await command(`prepare map ${path}`))?.[1];
  if (version === undefined) return;
  const entries = (host.files.read(path) ?? "").split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  for (let start = 0; start < entries.length; start += batch) {
    const some = entries.slice(start, start + batch).join("\n");
    const answer = await command(`add map @${version} ${path} <<\n${some}\n`);
    if (answer.trim() !== "") throw new Error(`HAProxy does not take ${path}: ${answer.trim()}`);
  }
  const answer = await command(`commit map @${version} ${path}`);
  if (answer.trim() !== "") throw new Error(`HAProxy does not take ${path}: ${answer.trim()}`);
}

/** What fits into one of HAProxy's buffers, with the longest of names. */
const batch = 20;

/** Milliseconds for an answer. */
const patience = 10_000;

function command(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const connection = createConnection(socket);
    let answer = "";
    connection.setEncoding("utf8").on("data", (part: string) => {
      answer += part;
    });
    connection.setTimeout(patience, () => connection.destroy(new Error("HAProxy does not answer on its socket")));
    connection.on("error", (error: NodeJS.ErrnoException) =>
      // A socket that its owner has left behind.
      error.code === "ECONNREFUSED" ? resolve("") : reject(error),
    );
    connection.on("close", () => resolve(answer));
    connection.end(`${text}\n`);
  });
}
