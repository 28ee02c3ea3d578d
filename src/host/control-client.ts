import { existsSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { actorHeader, peerHeader } from "../model/peer.ts";
import { UserError } from "../model/problem.ts";

/** The control plane on this machine, as commands talk to it. */
export interface Remote {
  get<T>(path: string): Promise<T>;
  /** An answer that is no JSON, as it comes. */
  text(path: string): Promise<string>;
  put(path: string, body: unknown): Promise<void>;
  patch(path: string, body: unknown): Promise<void>;
  post<T>(path: string, body: unknown): Promise<T>;
  delete(path: string, body: unknown): Promise<void>;
  /** The answer line by line as it comes, each a JSON text. `body`: what is posted; without it, it is only asked for. */
  follow<T>(path: string, body?: unknown): AsyncIterable<T>;
  /** Ends what is being followed. */
  close(): void;
}

/** Milliseconds until one that is starting, or waits for its database, counts as not answering. */
const patience = 30_000;

/** The control plane, if it runs here: then every command goes through it. */
export async function openRemote(path: string): Promise<Remote | undefined> {
  if (!existsSync(path)) return undefined;
  const challenge = await json<{ name: string; file: string; content: string }>(
    await send(path, "GET", "/v1/challenge", {}, undefined, AbortSignal.timeout(patience)).catch((error) => {
      if (error.code === "ECONNREFUSED") return undefined;
      if (error.name === "TimeoutError")
        throw new UserError(
          `the control plane does not answer at ${path}; \`journalctl -u upkeep-server\` tells what it waits for`,
        );
      if (error.code === "EACCES")
        throw new UserError(
          `you may not talk to the control plane (${path}); root may, and who is in the group upkeep`,
        );
      throw error;
    }),
  );
  if (!challenge) return undefined;
  writeFileSync(challenge.file, challenge.content, { flag: "wx", mode: 0o644 });
  const headers = {
    [peerHeader]: challenge.name,
    ...(process.env.SUDO_USER && { [actorHeader]: process.env.SUDO_USER }),
  };
  // The first question settles it, and takes the file away.
  try {
    await json(await send(path, "GET", "/v1/whoami", headers));
  } finally {
    rmSync(challenge.file, { force: true });
  }
  const followed = new Set<IncomingMessage>();
  const ask = async <T>(method: string, where: string, body?: unknown): Promise<T> =>
    (await json<T>(await send(path, method, where, headers, body)))!;
  return {
    get: (where) => ask("GET", where),
    async text(where) {
      const response = await send(path, "GET", where, headers);
      if (response.statusCode !== 200) await json(response);
      let text = "";
      for await (const part of partsOf(response)) text += part;
      return text;
    },
    put: async (where, body) => {
      await ask("PUT", where, body);
    },
    patch: async (where, body) => {
      await ask("PATCH", where, body);
    },
    post: (where, body) => ask("POST", where, body),
    delete: async (where, body) => {
      await ask("DELETE", where, body);
    },
    async *follow<T>(where: string, body?: unknown) {
      const response = await send(path, body === undefined ? "GET" : "POST", where, headers, body);
      if (response.statusCode !== 200) await json(response);
      followed.add(response);
      try {
        for await (const line of linesOf(response)) if (line !== "") yield JSON.parse(line) as T;
      } finally {
        followed.delete(response);
      }
    },
    close() {
      for (const response of followed) response.destroy();
    },
  };
}

const send = (
  socket: string,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: unknown,
  signal?: AbortSignal,
): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const request = httpRequest({
      socketPath: socket,
      method,
      path,
      ...(signal && { signal }),
      headers: { host: "upkeep", ...headers, ...(text !== undefined && lengthOf(text)) },
    });
    request
      .once("response", resolve)
      .once("error", (error: NodeJS.ErrnoException) => {
        if (signal?.aborted) reject(signal.reason);
        else reject(["ECONNRESET", "EPIPE"].includes(error.code ?? "") ? hasGone() : error);
      })
      .end(text);
  });

const hasGone = () =>
  new UserError(
    "the control plane has gone away meanwhile; when it is back, `upkeep status` tells whether it had accepted this, and what it had accepted goes on",
  );

/** What the control plane says, until it has said everything. */
async function* partsOf(response: IncomingMessage): AsyncGenerator<string> {
  try {
    yield* response.setEncoding("utf8") as AsyncIterable<string>;
  } catch {
    throw hasGone();
  }
}

async function* linesOf(response: IncomingMessage): AsyncGenerator<string> {
  let rest = "";
  for await (const part of partsOf(response)) {
    rest += part;
    if (!part.includes("\n")) continue;
    const lines = rest.split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}

/** Said outright, because a DELETE is taken to have nothing to say (RFC 9110, 9.3.5). */
const lengthOf = (text: string) => ({
  "content-type": "application/json",
  "content-length": String(Buffer.byteLength(text)),
});

async function json<T>(response: IncomingMessage | undefined): Promise<T | undefined> {
  if (!response) return undefined;
  let text = "";
  for await (const part of partsOf(response)) text += part;
  const value = text === "" ? {} : JSON.parse(text);
  if ((response.statusCode ?? 500) >= 400)
    throw new UserError(value.problems ?? value.detail ?? `the control plane answers ${response.statusCode}`);
  return value as T;
}
