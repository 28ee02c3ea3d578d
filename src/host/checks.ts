import { execFile } from "node:child_process";
import { Resolver } from "node:dns/promises";
import { isIP } from "node:net";
import type { Check } from "../model/pool.ts";
import { converse } from "./converse.ts";

/** What came of a check. */
export interface Checked {
  readonly isGood: boolean;
  /** For a person. */
  readonly says: string;
  /** Milliseconds. */
  readonly took: number;
  /** When its certificate ends, if that is soon; milliseconds since 1970. */
  readonly certificateEnds?: number;
}

/** What an answer that is as it should be comes to. */
export type Answer = Pick<Checked, "says" | "certificateEnds">;

/** Clocks differ by so much. Milliseconds. */
const slack = 5;

/** Asks an address, and never rejects. `timeout`: milliseconds for all of it. */
export async function runCheck(check: Check, address: string, timeout: number): Promise<Checked> {
  const began = performance.now();
  const done = (isGood: boolean, answer: string | Answer): Checked => ({
    isGood,
    ...(typeof answer === "string" ? { says: answer } : answer),
    took: performance.now() - began,
  });
  try {
    return done(true, await ways[check.is](check as never, address, timeout));
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    const isOver = performance.now() - began > timeout - slack;
    return done(false, isOver ? `no answer within ${timeout} ms` : (said[code] ?? message).slice(0, 200));
  }
}

const said: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection closed",
  EHOSTUNREACH: "no route to it",
  ENETUNREACH: "no route to it",
  ETIMEDOUT: "no answer",
};

type Way<Is> = (check: Extract<Check, { is: Is }>, address: string, timeout: number) => Promise<string | Answer>;

const ways: { readonly [Is in Check["is"]]: Way<Is> } = {
  tcp: ({ port }, address, timeout) => converse(address, port, timeout, { connected: ({ good }) => good("connects") }),
  smtp: ({ port }, address, timeout) =>
    converse(address, port, timeout, {
      takesLeave: true,
      heard({ good, bad, write }, text) {
        const line = /^220[ -][^\r\n]*/.exec(text)?.[0];
        if (line) {
          write("QUIT\r\n");
          good(line.slice(0, 100));
        } else if (text.includes("\n")) bad(`answers ${text.split(/\r?\n/)[0]?.slice(0, 100)}`);
      },
    }),
  async dns({ name, type, port }, address, timeout) {
    const resolver = new Resolver({ timeout, tries: 1 });
    resolver.setServers([isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`]);
    const over = setTimeout(() => resolver.cancel(), timeout);
    const found = await resolver.resolve(name, type).finally(() => clearTimeout(over));
    const count = Array.isArray(found) ? found.length : 1;
    if (count === 0) throw new Error(`knows no ${type} of ${name}`);
    return `knows ${name}`;
  },
  icmp: async (_, address, timeout) => {
    const seconds = String(Math.max(1, Math.ceil(timeout / 1000)));
    await execute(["ping", "-n", "-q", "-c", "1", "-W", seconds, address], timeout);
    return "answers";
  },
  command: async ({ argv }, address, timeout) => {
    const words = await execute([...(argv as [string, ...string[]]), address], timeout);
    return words.trim().split("\n")[0]?.slice(0, 100) || "ends well";
  },
  http: async (check, address, timeout) =>
    check.tls || check.body !== undefined || Object.keys(check.headers).length > 0
      ? (await import("./whole-answer.ts")).askForAll(check, address, AbortSignal.timeout(timeout))
      : headOf(check, address, timeout),
};

/** Only the first line of an answer counts: what is asked every second costs little. */
const headOf: Way<"http"> = ({ port, path, host, status }, address, timeout) =>
  converse(address, port, timeout, {
    connected: ({ write }) =>
      write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: upkeep\r\nConnection: close\r\n\r\n`),
    heard({ good, bad }, text) {
      const code = Number(/^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1]);
      if (code >= status[0] && code <= status[1]) good(`answers ${code}`);
      else if (code) bad(`answers ${code}`);
      else if (text.length > 100) bad("does not speak HTTP");
    },
  });

/** With what it starts, a program that takes too long is ended; it may read less than who starts it. */
function execute(argv: readonly [string, ...string[]], timeout: number): Promise<string> {
  const bounds = ["--inh-caps=-all", "--ambient-caps=-all", "--", "timeout", "--signal=KILL", `${timeout / 1000}`];
  return new Promise((resolve, reject) => {
    execFile("setpriv", [...bounds, ...argv], { maxBuffer: 1 << 16, cwd: "/" }, (error, stdout, stderr) => {
      if (!error) resolve(stdout);
      else
        reject(
          new Error((stderr || stdout).trim().split("\n")[0] || `${argv[0]} ends with ${error.code ?? error.message}`),
        );
    });
  });
}
