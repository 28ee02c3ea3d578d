import { execFile } from "node:child_process";
import { Resolver } from "node:dns/promises";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP } from "node:net";
import { createSecureContext, getCACertificates, type SecureContext, type TLSSocket } from "node:tls";
import { nearness } from "../model/certificate.ts";
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
type Answer = Pick<Checked, "says" | "certificateEnds">;

/** Of a body no more is looked at. Bytes. */
const longest = 1 << 18;

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
  http: (check, address, timeout) =>
    check.tls || check.body !== undefined || Object.keys(check.headers).length > 0
      ? wholeOf(check, address, AbortSignal.timeout(timeout))
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

function wholeOf(check: Extract<Check, { is: "http" }>, address: string, signal: AbortSignal): Promise<Answer> {
  const { tls, port, path, host, status, body, headers, verify } = check;
  return new Promise((resolve, reject) => {
    const options = {
      host: address,
      port,
      path,
      signal,
      agent: false,
      headers: { Host: host, "User-Agent": "upkeep", Connection: "close" },
      ...(tls && { servername: host, rejectUnauthorized: verify, secureContext: trust() }),
    } as const;
    const request = (tls ? httpsRequest : httpRequest)(options, (response) => {
      const fail = (why: string) => {
        reject(new Error(why));
        request.destroy();
      };
      const { statusCode = 0 } = response;
      if (statusCode < status[0] || statusCode > status[1]) return fail(`answers ${statusCode}`);
      for (const [name, wanted] of Object.entries(headers))
        if (!String(response.headers[name.toLowerCase()] ?? "").includes(wanted))
          return fail(`answers without ${name}: ${wanted}`);
      const certificateEnds = tls ? endOf(response.socket as TLSSocket) : undefined;
      const good = () => {
        resolve({ says: `answers ${statusCode}`, ...(certificateEnds !== undefined && { certificateEnds }) });
        request.destroy();
      };
      if (body === undefined) return good();
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
        if (text.includes(body)) good();
        else if (text.length > longest) fail("answers without the text that must be there");
      });
      response.on("end", () => (text.includes(body) ? good() : fail("answers without the text that must be there")));
    });
    request.on("error", reject).end();
  });
}

let trusted: SecureContext | undefined;

/** Whom this machine trusts (`/etc/ssl/certs`): read once, when first somebody asks. */
function trust(): SecureContext {
  const ca = trusted ? [] : getCACertificates("system");
  trusted ??= createSecureContext(ca.length > 0 ? { ca: [...new Set(ca)] } : {});
  return trusted;
}

/** When a certificate ends that does so soon; milliseconds since 1970. */
function endOf(socket: TLSSocket): number | undefined {
  const { valid_from: from, valid_to: to } = socket.getPeerCertificate();
  const validity = { begins: Date.parse(from), ends: Date.parse(to) };
  return nearness(validity, Date.now()) > 0 ? validity.ends : undefined;
}
