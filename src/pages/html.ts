import { hash } from "node:crypto";
import { parse, serialize } from "parse5";
import { embedStyle, startOf } from "./css.ts";
import { decode, decodeHtml, decodeStyle } from "./decode.ts";
import type { Embedder, Parts } from "./embedder.ts";
import type { Fetched } from "./fetcher.ts";
import { embedBackground, embedImage } from "./images.ts";
import { shorten } from "./shorten.ts";
import { spriteOf } from "./sprite.ts";
import {
  attribute,
  type Document,
  type Element,
  element,
  elementsIn,
  firstOf,
  prepend,
  remove,
  removeAttribute,
  removeComments,
  replaceWith,
  setAttribute,
  setText,
  textOf,
} from "./tree.ts";
import { mayMatch } from "./unused.ts";
import { embedAddress, type HtmlOptions, insideOf, type Work, whereOf } from "./work.ts";

export interface EmbeddedHtml {
  readonly text: string;
  readonly sizes: Awaited<ReturnType<Embedder["fill"]>>["sizes"];
}

/** One document with everything it loads inside it. `change` may alter it before it becomes text. */
export async function embedHtml(
  fetched: Fetched,
  embedder: Embedder,
  options: HtmlOptions,
  change: (document: Document) => void = () => {},
): Promise<EmbeddedHtml> {
  const document = parse(decodeHtml(fetched), { sourceCodeLocationInfo: true, scriptingEnabled: options.scripts });
  const stated = firstOf(document, "base");
  const href = stated && attribute(stated, "href");
  const base = href !== undefined && URL.canParse(href, fetched.url.href) ? new URL(href, fetched.url) : fetched.url;
  const work: Work = { document, base, file: fetched.url, embedder, options, finish: [], rules: [], deferred: [] };
  if (stated) remove(stated);
  if (!options.scripts) removeComments(document);
  // Sprites first: they bring elements that style sheets may speak of.
  const all = elementsIn(document);
  for (const each of all) if (each.tagName === "use") await embedElement(each, work);
  for (const each of all) if (each.tagName !== "use") await embedElement(each, work);
  const body = firstOf(document, "body");
  for (const script of work.deferred) {
    remove(script);
    if (body) {
      body.childNodes.push(script);
      script.parentNode = body;
    }
  }
  const filled = await embedder.fill();
  for (const step of work.finish) step(filled);
  change(document);
  const head = firstOf(document, "head");
  if (head) {
    const style = filled.names + work.rules.join("");
    if (style) prepend(head, element("style", {}, style.replace(/<\/(style)/gi, "<\\/$1")));
    prepend(head, element("meta", { "http-equiv": "Content-Security-Policy", content: policy(options) }));
    prepend(head, element("meta", { charset: "utf-8" }));
  }
  return { text: serialize(document), sizes: filled.sizes };
}

/** Nothing is loaded but what is here (CSP level 3). */
const policy = ({ scripts }: HtmlOptions): string =>
  [
    "default-src 'none'",
    "img-src data:",
    "font-src data:",
    "media-src data:",
    "object-src data:",
    "frame-src data:",
    "style-src 'unsafe-inline'",
    ...(scripts ? ["script-src 'unsafe-inline'"] : []),
    "base-uri 'none'",
  ].join("; ");

async function embedElement(node: Element, work: Work): Promise<void> {
  const { embedder, base, options } = work;
  await embedStyleAttribute(node, work);
  if (!options.scripts) removeScripting(node);
  switch (node.tagName) {
    case "meta":
      return embedMeta(node);
    case "link":
      return embedLink(node, work);
    case "style":
      return fillText(
        node,
        work,
        await embedStyle(
          { text: textOf(node), base, where: insideOf(node, work), context: "stylesheet", ...onlyUsed(work) },
          embedder,
        ),
      );
    case "script":
      return embedScript(node, work);
    case "noscript":
      if (!options.scripts) replaceWith(node, ...node.childNodes);
      return undefined;
    case "iframe":
      return embedFrame(node, work);
    case "frame":
      return embedder.miss(
        attribute(node, "src") ?? "",
        whereOf(node, "src", work),
        "a frameset cannot hold its documents",
      );
    case "img":
      embedImage(node, work);
      return undefined;
    case "source":
      // Those of a picture are with its image.
      return node.parentNode?.nodeName === "picture" ? undefined : embedAddress(node, "src", work);
    case "use":
      return embedUse(node, work);
    case "image":
    case "feImage":
      embedAddress(node, "href", work);
      return embedAddress(node, "xlink:href", work);
    case "video":
      embedAddress(node, "poster", work);
      return embedAddress(node, "src", work);
    case "object":
      return embedAddress(node, "data", work);
    case "audio":
    case "embed":
    case "input":
    case "track":
      return embedAddress(node, "src", work);
    case "body":
    case "table":
    case "td":
    case "th":
      return embedBackground(node, work);
    default:
      return undefined;
  }
}

async function embedLink(node: Element, work: Work): Promise<void> {
  const relations = (attribute(node, "rel") ?? "").toLowerCase().split(/\s+/);
  const href = attribute(node, "href") ?? "";
  if (relations.includes("stylesheet")) {
    const media = attribute(node, "media");
    // Nobody prints a page that says "later".
    if (relations.includes("alternate") || media?.trim().toLowerCase() === "print") return remove(node);
    const where = whereOf(node, "href", work);
    const fetched = await work.embedder.read(href, work.base, where);
    if (!fetched) return remove(node);
    const parts = await embedStyle(
      {
        text: decodeStyle(fetched),
        base: fetched.url,
        where: startOf(fetched.url),
        context: "stylesheet",
        ...onlyUsed(work),
      },
      work.embedder,
      [fetched.url.href],
    );
    const style = element("style", media ? { media } : {});
    replaceWith(node, style);
    return fillText(style, work, parts);
  }
  if (
    relations.some((each) => ["icon", "apple-touch-icon", "apple-touch-icon-precomposed", "mask-icon"].includes(each))
  )
    return embedAddress(node, "href", work);
  // Hints for what is now here, and what only an application would load.
  const hints = ["preload", "prefetch", "modulepreload", "preconnect", "dns-prefetch", "prerender", "manifest"];
  if (relations.some((each) => hints.includes(each))) remove(node);
}

/** A document that no script changes needs no rule that matches nothing now. */
const onlyUsed = ({ document, options }: Work) =>
  options.scripts ? {} : { mayMatch: (selector: string) => mayMatch(document, selector) };

async function embedScript(node: Element, work: Work): Promise<void> {
  if (!work.options.scripts) return remove(node);
  const type = (attribute(node, "type") ?? "").toLowerCase();
  const source = attribute(node, "src");
  const isModule = type === "module";
  let text = textOf(node);
  let where = insideOf(node, work);
  if (source !== undefined) {
    const fetched = await work.embedder.read(source, work.base, whereOf(node, "src", work));
    if (!fetched) return remove(node);
    text = decode(fetched.body, fetched.charset);
    where = startOf(fetched.url);
    if (attribute(node, "defer") !== undefined && !isModule && attribute(node, "async") === undefined)
      work.deferred.push(node);
    removeAttribute(node, "src", "defer", "async", "integrity", "crossorigin");
  }
  const imported = isModule
    ? /(?:^|[;\s}])(?:import|export)\s*(?:[\w*${},\s]+\s*from\s*)?["']([^"']+)["']/.exec(text)?.[1]
    : undefined;
  if (imported !== undefined) work.embedder.miss(imported, where, "a module that imports others cannot be embedded");
  // The only text that would end the element early.
  if (source !== undefined) setText(node, text.replace(/<\/(script)/gi, "<\\/$1"));
}

async function embedFrame(node: Element, work: Work): Promise<void> {
  const source = attribute(node, "src");
  if (source === undefined || attribute(node, "srcdoc") !== undefined) return;
  const where = whereOf(node, "src", work);
  const fetched = await work.embedder.read(source, work.base, where);
  if (!fetched) return removeAttribute(node, "src");
  if (fetched.url.href === work.file.href) {
    work.embedder.miss(source, where, "a page cannot be a frame of itself");
    return;
  }
  const { text } = await embedHtml(fetched, work.embedder.inner(), work.options);
  removeAttribute(node, "src");
  setAttribute(node, "srcdoc", text);
}

async function embedUse(node: Element, work: Work): Promise<void> {
  const name = attribute(node, "href") === undefined ? "xlink:href" : "href";
  const reference = attribute(node, name);
  if (reference === undefined || reference.startsWith("#")) return;
  const [address = "", id = ""] = reference.split("#");
  const fetched = await work.embedder.read(address, work.base, whereOf(node, name, work));
  const body = firstOf(work.document, "body");
  if (!fetched || !body) return removeAttribute(node, name);
  const prefix = `upkeep-${hash("sha256", fetched.url.href).slice(0, 8)}-`;
  if (!elementsIn(body).some((each) => (attribute(each, "id") ?? "").startsWith(prefix))) {
    const sprite = spriteOf(fetched, prefix);
    body.childNodes.push(sprite);
    sprite.parentNode = body;
  }
  setAttribute(node, name, `#${prefix}${id}`);
}

async function embedStyleAttribute(node: Element, work: Work): Promise<void> {
  const text = attribute(node, "style");
  if (text === undefined || !/url\(|image-set\(/i.test(text)) return;
  const where = whereOf(node, "style", work);
  const parts = await embedStyle({ text, base: work.base, where, context: "declarationList" }, work.embedder);
  work.finish.unshift((filled) => setAttribute(node, "style", filled.text(parts)));
}

function fillText(node: Element, work: Work, parts: Parts): void {
  const short = parts.map((part, index) => (typeof part === "string" ? shorten(part, index === 0) : part));
  work.finish.push((filled) => setText(node, filled.text(short).replace(/<\/(style)/gi, "<\\/$1")));
}

function embedMeta(node: Element): void {
  const equivalent = attribute(node, "http-equiv")?.toLowerCase();
  // The page gets its own of both.
  const isOurs = equivalent === "content-type" || equivalent?.startsWith("content-security-policy");
  if (attribute(node, "charset") !== undefined || isOurs) remove(node);
}

function removeScripting(node: Element): void {
  node.attrs = node.attrs.filter(
    ({ name, value }) =>
      !/^on/i.test(name) && !(/^(href|action|formaction|src)$/i.test(name) && /^\s*javascript:/i.test(value)),
  );
}
