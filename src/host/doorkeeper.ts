import { chmodSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";

/** What is answered; without a cookie nobody is let in. */
export type Exchange = (link: string, scheme: string) => string | undefined;

/** Names of headers, as servers say them. */
interface Headers {
  readonly link: string;
  readonly scheme: string;
}

/** Milliseconds that a server may take to ask. */
const patience = 5_000;

/**
 * Answers requests for links, which servers pass to this socket; everyone on this machine may. Whoever has asked is sent
 * to the site's front page, with a cookie or without. Returns what closes it.
 */
export async function serveDoor(socket: string, headers: Headers, exchange: Exchange): Promise<() => void> {
  const said = (request: IncomingMessage, name: string) => String(request.headers[name.toLowerCase()] ?? "");
  const server = createServer({ headersTimeout: patience, requestTimeout: patience }, (request, response) => {
    const cookie =
      request.method === "GET" ? exchange(said(request, headers.link), said(request, headers.scheme)) : undefined;
    response.writeHead(303, {
      Location: "/",
      "Cache-Control": "no-store",
      ...(cookie !== undefined && { "Set-Cookie": cookie }),
    });
    response.end();
  });
  rmSync(socket, { force: true });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(socket, resolve));
  chmodSync(socket, 0o666);
  return () => {
    server.close();
    server.closeAllConnections();
  };
}
