import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { createSecureContext, getCACertificates, type SecureContext, type TLSSocket } from "node:tls";
import { nearness } from "../model/certificate.ts";
import type { Check } from "../model/pool.ts";
import type { Answer } from "./checks.ts";

/*
 * Apart from other checks, for what it needs takes four megabytes.
 */

/** Of a body no more is looked at. Bytes. */
const longest = 1 << 18;

/** Asks an address over HTTP or HTTPS, and holds its whole answer against what it should be. */
export function askForAll(
  check: Extract<Check, { is: "http" }>,
  address: string,
  signal: AbortSignal,
): Promise<Answer> {
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
