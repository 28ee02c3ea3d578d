import type { IncomingMessage } from "node:http";

export interface Page {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const limits = { milliseconds: 20_000, bytes: 4 << 20 };

/**
 * Asks a machine for a page of a site, whatever its name resolves to. Redirects are not followed, and the certificate is
 * not judged.
 */
export function pageOf(
  url: URL,
  { address, port }: { readonly address: string; readonly port: number },
): Promise<Page> {
  const isSecure = url.protocol === "https:";
  const { request } = isSecure ? process.getBuiltinModule("node:https") : process.getBuiltinModule("node:http");
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${url.href} at ${address}: ${why}`));
    const asking = request(
      {
        host: address,
        port,
        path: `${url.pathname}${url.search}`,
        headers: { host: url.host, "user-agent": "upkeep-compares", "accept-encoding": "identity" },
        timeout: limits.milliseconds,
        agent: false,
        ...(isSecure && { servername: url.hostname, rejectUnauthorized: false }),
      },
      (response) => void read(response).then(resolve, (error: Error) => fail(error.message)),
    );
    asking.on("timeout", () => asking.destroy(new Error(`no answer within ${limits.milliseconds / 1_000} s`)));
    asking.on("error", (error) => fail(error.message));
    asking.end();
  });
}

async function read(response: IncomingMessage): Promise<Page> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= limits.bytes) chunks.push(chunk);
  }
  return {
    status: response.statusCode ?? 0,
    headers: Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)])),
    body: Buffer.concat(chunks).toString("utf8"),
  };
}
