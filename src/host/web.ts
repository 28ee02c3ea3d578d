import type { IncomingMessage } from "node:http";
import type { Answer, Probe } from "../model/probe.ts";

/** A series of questions over connections of its own. */
export interface Asker {
  ask(probe: Probe): Promise<Answer>;
  close(): void;
}

const limits = { keepAlive: true, maxSockets: 32, timeout: 10_000 };

/**
 * Asks over loopback. Connections are kept within the series only: one from before a reload might still lead to an old
 * worker. The certificate is not judged: whether it suits the world is not ours to tell from here.
 */
export function openAsker(): Asker {
  const plain = whenFirstUsed(() => {
    const { Agent, request } = process.getBuiltinModule("node:http");
    return { agent: new Agent(limits), request };
  });
  const secure = whenFirstUsed(() => {
    const { Agent, request } = process.getBuiltinModule("node:https");
    return { agent: new Agent({ ...limits, rejectUnauthorized: false }), request };
  });
  return {
    ask({ scheme, port, hostName, path }) {
      const usual = scheme === "http" ? 80 : 443;
      const host = port === usual ? hostName : `${hostName}:${port}`;
      const options = {
        host: "127.0.0.1",
        port,
        path,
        headers: { host, "user-agent": "upkeep-probe" },
        timeout: 10_000,
      };
      return new Promise((resolve) => {
        const onResponse = (response: IncomingMessage) => {
          const headers = Object.fromEntries(
            Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
          );
          response.resume();
          response.on("close", () => resolve({ got: "response", status: response.statusCode ?? 0, headers }));
        };
        const { agent, request } = (scheme === "http" ? plain : secure).get();
        const question = request(
          { ...options, agent, ...(scheme === "https" && { servername: hostName, rejectUnauthorized: false }) },
          onResponse,
        );
        question.on("timeout", () => question.destroy(new Error("no answer within 10 s")));
        question.on("error", (error: NodeJS.ErrnoException) =>
          resolve({
            got: "nothing",
            why: error.code === "ECONNREFUSED" ? `nothing listens on port ${port}` : error.message,
          }),
        );
        question.end();
      });
    },
    close() {
      for (const each of [plain, secure]) each.used()?.agent.destroy();
    },
  };
}

/** Imported as modules, Node's HTTP and HTTPS would bring all of fetch() with them, which takes 40 ms. */
function whenFirstUsed<T>(make: () => T): { get(): T; used(): T | undefined } {
  let made: T | undefined;
  return { get: () => (made ??= make()), used: () => made };
}
