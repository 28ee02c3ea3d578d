import { request as requestPlain } from "node:http";
import { Agent, request as requestSecure } from "node:https";
import { Readable } from "node:stream";
import { connect, getCACertificates, type PeerCertificate } from "node:tls";

/** Milliseconds until a server that does not even connect counts as not there. */
const patience = 20_000;

/** fetch() that believes who this machine believes (not only who Node.js does), and whoever `authority`, as PEM, vouches for. */
export function httpsFetch(authority: string | undefined): typeof fetch {
  const agent = new Agent({
    keepAlive: true,
    ca: [...getCACertificates("default"), ...getCACertificates("system"), ...(authority ? [authority] : [])],
  });
  return async (input, init) => {
    const asked = new Request(input, init);
    const body = asked.body ? Buffer.from(await asked.arrayBuffer()) : undefined;
    const url = new URL(asked.url);
    return new Promise((resolve, reject) => {
      const options = {
        method: asked.method,
        headers: { ...Object.fromEntries(asked.headers), ...(body && { "content-length": String(body.length) }) },
        timeout: patience,
        signal: asked.signal,
      };
      const request =
        url.protocol === "https:" ? requestSecure(url, { ...options, agent }) : requestPlain(url, options);
      request
        .once("response", (response) => {
          const headers = new Headers();
          for (const [name, values] of Object.entries(response.headersDistinct))
            for (const value of values ?? []) headers.append(name, value);
          const status = response.statusCode ?? 500;
          const hasBody = ![204, 205, 304].includes(status);
          if (!hasBody) response.resume();
          resolve(new Response(hasBody ? (Readable.toWeb(response) as ReadableStream) : null, { status, headers }));
        })
        // What answers, takes the time it takes.
        .once(
          "timeout",
          () => request.socket?.connecting && request.destroy(new Error(`nothing within ${patience / 1000} s`)),
        )
        .once("error", reject)
        .end(body);
    });
  };
}

/** The certificate that a server shows, believed or not; nothing is said to it. */
export function certificateOf(url: URL): Promise<{ readonly pem: string; readonly fingerprint: string }> {
  return new Promise((resolve, reject) => {
    const host = url.hostname.replace(/^\[|\]$/g, "");
    const socket = connect({
      host,
      port: Number(url.port || 443),
      ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
      rejectUnauthorized: false,
      timeout: patience,
    })
      .once("secureConnect", () => {
        const { raw, fingerprint256 } = socket.getPeerCertificate() as PeerCertificate;
        socket.destroy();
        const lines = raw.toString("base64").match(/.{1,64}/g)!;
        const pem = `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
        resolve({ pem, fingerprint: fingerprint256 });
      })
      .once("timeout", () => socket.destroy(new Error(`nothing within ${patience / 1000} s`)))
      .once("error", reject);
  });
}
