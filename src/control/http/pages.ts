import { hash } from "node:crypto";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Context } from "hono";
import type { Host } from "../../host/host.ts";
import type { Api } from "./operation.ts";

const types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
};

/** One file, as browsers take it. */
interface Page {
  readonly type: string;
  readonly tag: string;
  readonly plain: Uint8Array<ArrayBuffer>;
  readonly br: Uint8Array<ArrayBuffer>;
  readonly gzip: Uint8Array<ArrayBuffer>;
  /** Its name changes with what is in it. */
  readonly isForEver: boolean;
}

const [brotli, zip] = [promisify(brotliCompress), promisify(gzip)];

/** The web interface: files of `directory`, kept in memory and packed once. Every other path is the one page that it is. */
export async function pageRoutes(api: Api, files: Host["files"], directory: string): Promise<void> {
  const names = ["", "assets/"].flatMap((folder) =>
    files
      .list(`${directory}/${folder}`)
      .filter((name) => types[name.split(".").at(-1)!])
      .map((name) => folder + name),
  );
  const pages = new Map(
    await Promise.all(
      names.map(
        async (name) => [`/${name}` as string, await pageOf(name, files.read(`${directory}/${name}`) ?? "")] as const,
      ),
    ),
  );
  const start = pages.get("/index.html");
  api.get("/*", (context) => {
    const { path } = context.req;
    if (path.startsWith("/v1/")) return context.notFound();
    // Names of records have dots, too.
    const page = pages.get(path) ?? (path.startsWith("/assets/") ? undefined : start);
    if (page) return serve(context, page);
    if (start) return context.notFound();
    return context.text(
      "The web interface has not been built here; `upkeep install server` does that. The API is there.\n",
      404,
    );
  });
}

async function pageOf(name: string, text: string): Promise<Page> {
  const plain = new Uint8Array(Buffer.from(text));
  const [packed, zipped] = await Promise.all([
    brotli(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
    zip(plain, { level: 9 }),
  ]);
  return {
    type: types[name.split(".").at(-1)!]!,
    tag: `"${hash("sha256", plain).slice(0, 24)}"`,
    plain,
    br: new Uint8Array(packed),
    gzip: new Uint8Array(zipped),
    isForEver: name.startsWith("assets/"),
  };
}

function serve(context: Context, page: Page): Response {
  const accepts = context.req.header("accept-encoding") ?? "";
  const encoding = /\bbr\b/.test(accepts) ? "br" : /\bgzip\b/.test(accepts) ? "gzip" : "plain";
  const headers = {
    "content-type": page.type,
    "cache-control": page.isForEver ? "public, max-age=31536000, immutable" : "no-cache",
    etag: page.tag,
    vary: "accept-encoding",
    ...(encoding !== "plain" && { "content-encoding": encoding }),
  };
  if (context.req.header("if-none-match") === page.tag) return context.body(null, 304, headers);
  return context.body(page[encoding], 200, headers);
}
