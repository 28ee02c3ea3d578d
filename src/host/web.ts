import { Agent, type IncomingMessage, request } from "node:http";
import { Agent as SecureAgent, request as secureRequest } from "node:https";
import type { Answer, Probe } from "../model/probe.ts";

/** A connection for each question: one kept open might still lead to a worker from before a reload. */
const agent = new Agent({ keepAlive: false, maxSockets: 64 });

/** Asks over loopback. The certificate is not judged: whether it suits the world is not ours to tell from here. */
export function ask({ scheme, port, hostName, path }: Probe): Promise<Answer> {
  const usual = scheme === "http" ? 80 : 443;
  const options = {
    host: "127.0.0.1",
    port,
    path,
    headers: { host: port === usual ? hostName : `${hostName}:${port}`, "user-agent": "upkeep-probe" },
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
            { ...options, agent: new SecureAgent(), servername: hostName, rejectUnauthorized: false },
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
}
