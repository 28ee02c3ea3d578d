import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { typeOfName } from "../../../src/pages/media-type.ts";

/*
 * Runs inside a lab host: serves the test pages, and below /doc/ what Debian's packages document, on port 8000. HOST in a
 * page is this server, for addresses that are written out in full.
 */

const pages = join(import.meta.dirname, "../../pages");

createServer(async ({ url = "/", headers }, response) => {
  const path = decodeURIComponent(new URL(url, "http://localhost").pathname);
  const file = path.startsWith("/doc/") ? join("/usr/share/doc", path.slice(5)) : join(pages, path);
  const name = file.endsWith("/") ? `${file}index.html` : file;
  try {
    const body = await readFile(name);
    const text = name.endsWith("address/index.html") ? body.toString().replaceAll("HOST", headers.host ?? "") : body;
    response.setHeader("content-type", typeOfName(name) || "application/octet-stream");
    response.end(text);
  } catch {
    response.statusCode = 404;
    response.end();
  }
}).listen(8000, "127.0.0.1");
