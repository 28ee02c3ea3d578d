import { hash } from "node:crypto";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { builtPage } from "../host/facts.ts";
import type { Host } from "../host/host.ts";
import { replaceFile } from "../host/replace-file.ts";
import { placeOf } from "../kinds/documents.ts";
import type { MaintenanceSpec } from "../kinds/maintenance/schema.ts";
import { type Problem, UserError } from "../model/problem.ts";
import type { Wanted } from "./changes.ts";
import type { Upkeep } from "./upkeep.ts";

/** Where pages with a name are: `sorry` is `sorry.html`, or a directory `sorry` with an `index.html`. */
const namedPages = "/etc/upkeep/pages";

const largest = 1 << 20;

/** Builds the pages that resources name, and has the resources name them by what they are now. */
export async function embedPages(upkeep: Pick<Upkeep, "host" | "pages">, wanted: readonly Wanted[]): Promise<Wanted[]> {
  const problems: Problem[] = [];
  const results: Wanted[] = [];
  for (const each of wanted) {
    const { declared } = each;
    const spec = declared.resource.spec as MaintenanceSpec;
    if (declared.resource.kind !== "Maintenance" || spec.page === undefined) {
      results.push(each);
      continue;
    }
    const place = placeOf(declared.document, ["spec", "page"]);
    const source = sourceOf(spec.page, declared.document.source.file, upkeep.host);
    const complain = (message: string) => problems.push({ message: `${declared.ref}: spec.page: ${message}`, place });
    const html = await build(source, complain);
    if (html === undefined) continue;
    const pageDigest = hash("sha256", html);
    upkeep.pages.set(pageDigest, html);
    const page =
      source.protocol === "file:" && spec.page.includes("/") ? decodeURIComponent(source.pathname) : spec.page;
    results.push({
      ...each,
      declared: { ...declared, resource: { ...declared.resource, spec: { ...spec, page, pageDigest } } },
    });
  }
  if (problems.length > 0) throw new UserError(problems);
  return results;
}

function sourceOf(page: string, file: string, { files }: Host): URL {
  if (/^https?:/i.test(page)) return new URL(page);
  if (page.includes("/") || page.endsWith(".html")) return pathToFileURL(resolve(resolve(file), "..", page));
  const directory = `${namedPages}/${page}`;
  return pathToFileURL(files.stat(directory)?.type === "directory" ? directory : `${directory}.html`);
}

async function build(source: URL, complain: (message: string) => void): Promise<string | undefined> {
  const { fetchAny } = await import("../host/fetch.ts");
  const { buildPage } = await import("../pages/build.ts");
  const { nameOf } = await import("../pages/fetcher.ts");
  const built = await buildPage(source, fetchAny, { scripts: true, fillable: true }).catch((error: Error) => {
    complain(`${nameOf(source)}: ${error.message}`);
    return undefined;
  });
  if (!built) return undefined;
  for (const { reference, where, why } of built.missing)
    complain(`${where.file}:${where.line}:${where.column}: ${reference} cannot be embedded: ${why}`);
  const bytes = Buffer.byteLength(built.html);
  if (bytes > largest)
    complain(
      `the page would be ${(bytes / largest).toFixed(1)} MB, more than 1 MB; \`upkeep page build\` shows what is large in it`,
    );
  return built.missing.length > 0 || bytes > largest ? undefined : built.html;
}

/** Puts built pages where they stay, before any record speaks of them. */
export function keepPages({
  host,
  pages,
  stateDirectory,
}: Pick<Upkeep, "host" | "stateDirectory"> & {
  readonly pages: Iterable<readonly [digest: string, html: string]>;
}): void {
  const directory = `${stateDirectory}/pages`;
  const all = [...pages];
  if (all.length > 0 && !host.files.stat(directory))
    host.files.makeDirectory(directory, { uid: 0, gid: 0, mode: 0o700 });
  for (const [digest, html] of all) {
    const path = builtPage(digest);
    if (host.files.stat(path)) continue;
    replaceFile(host.files, path, html, { uid: 0, gid: 0, mode: 0o600 });
  }
}
