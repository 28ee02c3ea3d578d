import { execFile } from "node:child_process";
import { Resolver } from "node:dns/promises";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { connect, isIP } from "node:net";
import { createSecureContext, getCACertificates, type SecureContext, type TLSSocket } from "node:tls";
import type { Check } from "../model/pool.ts";

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

/** A certificate that ends sooner is spoken of. Milliseconds. */
const soon = 14 * 86_400_000;

/** Asks an address, and never rejects. `timeout`: milliseconds for all of it. */
export async function runCheck(check: Check, address: string, timeout: number): Promise<Checked> {
  const began = performance.now();
  const over = AbortSignal.timeout(timeout);
  const done = (isGood: boolean, answer: string | Answer): Checked => ({
    isGood,
    ...(typeof answer === "string" ? { says: answer } : answer),
    took: performance.now() - began,
  });
  try {
    return done(true, await ways[check.is](check as never, address, over, timeout));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (over.aborted) return done(false, `no answer within ${timeout} ms`);
    return done(false, (said[code ?? ""] ?? message).slice(0, 200));
  }
}

const said: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection closed",
  EHOSTUNREACH: "no route to it",
  ENETUNREACH: "no route to it",
  ETIMEDOUT: "no answer",
};

type Way<Is> = (
  check: Extract<Check, { is: Is }>,
  address: string,
  over: AbortSignal,
  timeout: number,
) => Promise<string | Answer>;

const ways: { readonly [Is in Check["is"]]: Way<Is> } = {
  tcp: ({ port }, address, over) =>
    conversation(address, port, over, (socket, resolve) => socket.once("connect", () => resolve("connects"))),
  smtp: ({ port }, address, over) =>
    conversation(address, port, over, (socket, resolve, reject) => {
      let heard = "";
      socket.setEncoding("latin1").on("data", (text: string) => {
        heard = (heard + text).slice(0, 1_000);
        const line = /^220[ -][^\r\n]*/.exec(heard)?.[0];
        if (line) {
          socket.write("QUIT\r\n");
          resolve(line.slice(0, 100));
        } else if (heard.includes("\n")) reject(new Error(`answers ${heard.split(/\r?\n/)[0]?.slice(0, 100)}`));
      });
      socket.on("end", () => reject(new Error("closes without a word")));
    }),
  async dns({ name, type, port }, address, over, timeout) {
    const resolver = new Resolver({ timeout, tries: 1 });
    resolver.setServers([isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`]);
    over.addEventListener("abort", () => resolver.cancel());
    const found = await resolver.resolve(name, type);
    const count = Array.isArray(found) ? found.length : 1;
    if (count === 0) throw new Error(`knows no ${type} of ${name}`);
    return `knows ${name}`;
  },
  icmp: async (_, address, over, timeout) => {
    const seconds = String(Math.max(1, Math.ceil(timeout / 1000)));
    await execute(["ping", "-n", "-q", "-c", "1", "-W", seconds, address], over);
    return "answers";
  },
  command: async ({ argv }, address, over) => {
    const words = await execute([...(argv as [string, ...string[]]), address], over);
    return words.trim().split("\n")[0]?.slice(0, 100) || "ends well";
  },
  http: (check, address, over, timeout) =>
    check.tls || check.body !== undefined || Object.keys(check.headers).length > 0
      ? wholeOf(check, address, over)
      : headOf(check, address, over, timeout),
};

/** Only the first line of an answer counts: what is asked every second costs little. */
const headOf: Way<"http"> = ({ port, path, host, status }, address, over, _timeout) =>
  conversation(address, port, over, (socket, resolve, reject) => {
    let heard = "";
    socket.once("connect", () =>
      socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: upkeep\r\nConnection: close\r\n\r\n`),
    );
    socket.on("data", (bytes: Buffer) => {
      heard += bytes.toString("latin1", 0, 100);
      const code = Number(/^HTTP\/1\.[01] (\d{3})/.exec(heard)?.[1]);
      if (code) {
        if (code >= status[0] && code <= status[1]) resolve(`answers ${code}`);
        else reject(new Error(`answers ${code}`));
      } else if (heard.length > 100) reject(new Error("does not speak HTTP"));
    });
    socket.on("end", () => reject(new Error("closes without a word")));
  });

function conversation(
  address: string,
  port: number,
  over: AbortSignal,
  speak: (socket: ReturnType<typeof connect>, resolve: (says: string) => void, reject: (error: Error) => void) => void,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, signal: over });
    const end = (settle: () => void) => {
      settle();
      socket.destroy();
    };
    socket.once("error", reject);
    speak(
      socket,
      (says) => end(() => resolve(says)),
      (error) => end(() => reject(error)),
    );
  });
}

function execute([program, ...args]: readonly [string, ...string[]], signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    // What is asked for may read less than who asks.
    const argv = ["--inh-caps=-all", "--ambient-caps=-all", "--", program, ...args];
    execFile("setpriv", argv, { signal, maxBuffer: 1 << 16, cwd: "/" }, (error, stdout, stderr) => {
      if (!error) resolve(stdout);
      else
        reject(
          new Error((stderr || stdout).trim().split("\n")[0] || `${program} ends with ${error.code ?? error.message}`),
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
  const until = Date.parse(socket.getPeerCertificate().valid_to);
  return until - Date.now() < soon ? until : undefined;
}
