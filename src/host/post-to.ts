import { request as requestPlain } from "node:http";
import { request as requestSecure } from "node:https";
import { isIP } from "node:net";
import { lookupOf } from "./public-address.ts";

/** Posts to an address whose machine is allowed, and follows nobody elsewhere. Returns the status; what is answered is nobody's. */
export function postTo(
  url: URL,
  {
    headers,
    body,
    timeout,
  }: { readonly headers: Record<string, string>; readonly body: string; readonly timeout: number },
  isAllowed: (address: string) => boolean,
): Promise<number> {
  // Of an address nothing is looked up.
  const literal = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(literal) !== 0 && !isAllowed(literal)) return Promise.reject(new Error("it is no public address"));
  const request = url.protocol === "https:" ? requestSecure : requestPlain;
  return new Promise((resolve, reject) => {
    request(url, {
      method: "POST",
      headers: { ...headers, "content-length": String(Buffer.byteLength(body)) },
      lookup: lookupOf(isAllowed),
      // No connection of somebody else's.
      agent: false,
      signal: AbortSignal.timeout(timeout),
    })
      .once("response", (response) => {
        resolve(response.statusCode ?? 0);
        response.destroy();
      })
      .on("error", reject)
      .end(body);
  });
}
