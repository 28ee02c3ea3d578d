import { openEmbedder } from "./embedder.ts";
import type { Fetcher, Missing } from "./fetcher.ts";
import { type EmbeddedHtml, embedHtml } from "./html.ts";
import { formatUntil } from "./languages.ts";
import { markPlaces } from "./places.ts";
import { attribute, type Document, element, elementsIn, firstOf, setText } from "./tree.ts";

export interface BuildOptions {
  /** Without scripts the page cannot run any, and shows what it shows to browsers that do not. */
  readonly scripts: boolean;
  readonly title?: string;
  readonly message?: string;
  readonly until?: Date;
  /** Mark where words can be put later, for `fillPage`. */
  readonly fillable?: boolean;
}

export interface Built {
  readonly html: string;
  /** What could not be embedded; nothing of it is in the page. */
  readonly missing: readonly Missing[];
  /** The largest things in it, largest first. */
  readonly sizes: EmbeddedHtml["sizes"];
}

/**
 * Turns a page into one file that loads nothing from outside.
 *
 * ```ts
 * const { html, missing } = await buildPage(new URL("file:///srv/down/index.html"), fetcher, { scripts: true });
 * ```
 */
export async function buildPage(source: URL, fetcher: Fetcher, options: BuildOptions): Promise<Built> {
  const fetched = await fetcher(source);
  const embedder = openEmbedder(fetcher);
  const { text, sizes } = await embedHtml(fetched, embedder, options, (document) =>
    options.fillable ? markPlaces(document) : say(document, options),
  );
  return {
    html: text,
    missing: embedder.missing,
    sizes: sizes.toSorted((one, other) => other.bytes - one.bytes),
  };
}

/** Puts title, message and expected end where the page has a place for them, else at the end of what it says. */
function say(document: Document, { title, message, until }: BuildOptions): void {
  const head = firstOf(document, "head");
  if (title !== undefined && head) {
    const found = firstOf(head, "title");
    if (found) setText(found, title);
    else head.childNodes.push(Object.assign(element("title", {}, title), { parentNode: head }));
  }
  const root = firstOf(document, "html");
  const language = (root && attribute(root, "lang")) || "en";
  if (message !== undefined) place(document, "message", message);
  if (until) place(document, "until", formatUntil(until, language));
}

function place(document: Document, name: string, text: string): void {
  const places = elementsIn(document).filter((each) => attribute(each, "data-upkeep") === name);
  for (const each of places) setText(each, text);
  if (places.length > 0) return;
  const parent = firstOf(document, "main") ?? firstOf(document, "body");
  const added = element("p", { "data-upkeep": name, role: "status" }, text);
  if (parent) parent.childNodes.push(Object.assign(added, { parentNode: parent }));
}
