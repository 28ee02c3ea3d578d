import { readFile, stat } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
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

/** Without fetch(), whose machinery takes longer to load than most pages take to build. */
async function download(url: URL, redirects = 10): Promise<Fetched> {
  const answer = await answerOf(url);
  const { statusCode: status = 0, headers } = answer;
  if (status >= 300 && status < 400 && headers.location !== undefined) {
    answer.resume();
    if (redirects === 0) throw new Error("it redirects in circles");
    const target = new URL(headers.location, url);
    if (!/^https?:$/.test(target.protocol)) throw new Error(`it redirects to ${target.protocol}`);
    return download(target, redirects - 1);
  }
  if (status !== 200) {
    answer.resume();
    throw new Error(`the server answers ${status}`);
  }
  const [type = "", ...parameters] = (headers["content-type"] ?? "").split(";");
  const charset = parameters.map((each) => /charset=["']?([\w-]+)/i.exec(each)?.[1]).find((each) => each !== undefined);
  return {
    url,
    body: await bodyOf(answer),
    type: type.trim().toLowerCase() || typeOfName(url.pathname),
    ...(charset && { charset }),
  };
}

function answerOf(url: URL): Promise<IncomingMessage> {
  const get =
    url.protocol === "https:" ? process.getBuiltinModule("node:https").get : process.getBuiltinModule("node:http").get;
  const headers = { "user-agent": "upkeep", accept: "*/*", "accept-encoding": "identity" };
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${nameOf(url)} does not answer: ${why}`));
    get(url, { headers, timeout: limits.seconds * 1000 }, resolve)
      .on("timeout", () => fail(`nothing within ${limits.seconds} s`))
      .on("error", (error: NodeJS.ErrnoException) => fail(error.code ?? error.message));
  });
}

async function bodyOf(answer: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limits.bytes) throw new Error(`it is larger than ${limits.bytes >> 20} MB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
