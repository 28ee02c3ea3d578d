import { Agent, type IncomingMessage, request } from "node:http";
import { Agent as SecureAgent, request as secureRequest } from "node:https";
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
  const agent = new Agent(limits);
  const secureAgent = new SecureAgent({ ...limits, rejectUnauthorized: false });
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
        const question =
          scheme === "http"
            ? request({ ...options, agent }, onResponse)
            : secureRequest(
                { ...options, agent: secureAgent, servername: hostName, rejectUnauthorized: false },
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
      agent.destroy();
      secureAgent.destroy();
    },
  };
}

/**
 * For thousands of questions: a few connections with many questions under way on each, which node:http cannot do. Only
 * http; what is asked over https goes the usual way.
 */
export async function openBulkAsker(port: number): Promise<Asker> {
  const { Pool } = await import("undici");
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 4, pipelining: 16 });
  const others = openAsker();
  return {
    async ask(probe) {
      if (probe.scheme !== "http" || probe.port !== port) return others.ask(probe);
      const host = port === 80 ? probe.hostName : `${probe.hostName}:${port}`;
      try {
        const { statusCode, headers, body } = await pool.request({
          method: "GET",
          path: probe.path,
          headers: { host, "user-agent": "upkeep-probe" },
        });
        await body.dump();
        const texts = Object.entries(headers).map(([name, value]) => [name, String(value)]);
        return { got: "response", status: statusCode, headers: Object.fromEntries(texts) };
      } catch (error) {
        return { got: "nothing", why: (error as Error).message };
      }
    },
    close() {
      others.close();
      void pool.destroy();
    },
  };
}
