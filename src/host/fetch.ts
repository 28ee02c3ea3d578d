import { readFile, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type Fetched, type Fetcher, nameOf } from "../pages/fetcher.ts";
import { typeOfName } from "../pages/media-type.ts";

const limits = { seconds: 20, bytes: 64 << 20 };

/** Reads files of this machine and addresses of the network. Of a directory it reads `index.html`. */
export const fetchAny: Fetcher = (url) => (url.protocol === "file:" ? readAny(url) : download(url));

async function readAny(url: URL): Promise<Fetched> {
  const path = fileURLToPath(url);
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new Error("there is no such file");
  if (found.isDirectory()) return readAny(new URL("index.html", url.href.endsWith("/") ? url : `${url.href}/`));
  if (found.size > limits.bytes) throw new Error(`it is larger than ${limits.bytes >> 20} MB`);
  return { url, body: await readFile(path), type: typeOfName(path) };
}

async function download(url: URL): Promise<Fetched> {
  const answer = await fetch(url, {
    signal: AbortSignal.timeout(limits.seconds * 1000),
    headers: { "user-agent": "upkeep" },
  }).catch((error: Error) => {
    const { cause } = error as { cause?: { code?: string; message?: string } };
    throw new Error(`${nameOf(url)} does not answer: ${cause?.code ?? cause?.message ?? error.message}`);
  });
  if (!answer.ok) throw new Error(`the server answers ${answer.status}`);
  const [type = "", ...parameters] = (answer.headers.get("content-type") ?? "").split(";");
  const charset = parameters.map((each) => /charset=["']?([\w-]+)/i.exec(each)?.[1]).find((each) => each !== undefined);
  const body = new Uint8Array(await answer.arrayBuffer());
  if (body.length > limits.bytes) throw new Error(`it is larger than ${limits.bytes >> 20} MB`);
  return {
    url: new URL(answer.url),
    body,
    type: type.trim().toLowerCase() || typeOfName(url.pathname),
    ...(charset && { charset }),
  };
}
