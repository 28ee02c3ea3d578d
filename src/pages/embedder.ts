import type { Fetched, Fetcher, Missing, Where } from "./fetcher.ts";
import { mediaType } from "./media-type.ts";

/** Text with places in it that are filled once everything has been read. */
export type Parts = readonly (string | Slot)[];

/** Where a resource is used. In a declaration a name can stand for it, so that it is there once. */
export interface Slot {
  readonly resource: Resource;
  readonly as: "declaration" | "address";
}

/** Something outside that the page needs. */
export interface Resource {
  readonly url: URL;
  readonly number: number;
  readonly fragment: string;
  readonly reading: Promise<Fetched | undefined>;
  uses: number;
}

/** What everything that makes up one page has in common: each resource is read once, and what is missing is kept. */
export interface Embedder {
  /** Reads a text that becomes part of the page itself: a style sheet, a script, a frame. */
  read(reference: string, base: URL, where: Where): Promise<Fetched | undefined>;
  /** A resource that goes in as data; `undefined` where nothing is to be loaded. */
  slot(reference: string, base: URL, as: Slot["as"], where: Where): Slot | undefined;
  /** Fills in all data. `names` are the declarations that everything used more than once needs. */
  fill(): Promise<{
    text: (parts: Parts) => string;
    value: (slot: Slot) => string | undefined;
    names: string;
    sizes: readonly Size[];
  }>;
  readonly missing: readonly Missing[];
  /** Something else that cannot be embedded. */
  miss(reference: string, where: Where, why: string): void;
  /** The same for a document within this one. */
  inner(): Embedder;
}

/** How much of the page something is. */
export interface Size {
  readonly url: URL;
  readonly bytes: number;
}

/** From so many bytes on, what is used again is named instead of repeated. */
const worthAName = 256;

export function openEmbedder(
  fetcher: Fetcher,
  missing: Missing[] = [],
  readings = new Map<string, Promise<Fetched>>(),
): Embedder {
  const resources = new Map<string, Resource>();
  const resolve = (reference: string, base: URL, where: Where): URL | undefined => {
    const trimmed = reference.trim();
    if (trimmed === "" || /^(data|about|blob|javascript):|^#/i.test(trimmed)) return undefined;
    const url = URL.canParse(trimmed, base.href) ? new URL(trimmed, base) : undefined;
    const why = !url
      ? "it is not an address"
      : !["file:", "http:", "https:"].includes(url.protocol)
        ? `${url.protocol} cannot be read`
        : url.protocol === "file:" && base.protocol !== "file:"
          ? "a page from the network may not name files of this machine"
          : undefined;
    if (why === undefined) return url;
    missing.push({ reference: trimmed, where, why });
    return undefined;
  };
  const fetchOnce = async (url: URL, reference: string, where: Where): Promise<Fetched | undefined> => {
    const key = withoutFragment(url);
    let reading = readings.get(key);
    if (!reading) {
      reading = fetcher(new URL(key));
      readings.set(key, reading);
    }
    try {
      return await reading;
    } catch (error) {
      missing.push({ reference, where, why: (error as Error).message });
      return undefined;
    }
  };

  return {
    missing,
    miss: (reference, where, why) => void missing.push({ reference, where, why }),
    async read(reference, base, where) {
      const url = resolve(reference, base, where);
      return url && fetchOnce(url, reference, where);
    },
    slot(reference, base, as, where) {
      const url = resolve(reference, base, where);
      if (!url) return undefined;
      let resource = resources.get(url.href);
      if (!resource) {
        const reading = fetchOnce(url, reference, where);
        resource = { url, number: resources.size + 1, fragment: url.hash, reading, uses: 0 };
        resources.set(url.href, resource);
      }
      if (as === "declaration") resource.uses++;
      return { resource, as };
    },
    async fill() {
      const data = new Map<Resource, string | undefined>();
      const sizes: Size[] = [];
      for (const resource of resources.values()) {
        const fetched = await resource.reading;
        const text = fetched && dataUrl(fetched) + resource.fragment;
        data.set(resource, text);
        if (text !== undefined) sizes.push({ url: resource.url, bytes: text.length });
      }
      const isNamed = (resource: Resource) => resource.uses > 1 && (data.get(resource)?.length ?? 0) >= worthAName;
      const value = ({ resource, as }: Slot): string | undefined => {
        const text = data.get(resource);
        if (as === "address" || text === undefined) return text;
        return isNamed(resource) ? `var(--upkeep-${resource.number})` : `url("${text}")`;
      };
      const named = [...resources.values()].filter(isNamed);
      return {
        value,
        text: (parts) =>
          parts
            .map((part) =>
              typeof part === "string" ? part : (value(part) ?? (part.as === "address" ? "data:," : 'url("data:,")')),
            )
            .join(""),
        names:
          named.length === 0
            ? ""
            : `:root{${named.map((resource) => `--upkeep-${resource.number}:url("${data.get(resource)!}")`).join(";")}}`,
        sizes,
      };
    },
    inner: () => openEmbedder(fetcher, missing, readings),
  };
}

const withoutFragment = (url: URL): string => url.href.slice(0, url.href.length - url.hash.length);

/** `data:` (RFC 2397). SVG stays text, which is shorter; everything else is base64. */
export function dataUrl({ type, body }: Pick<Fetched, "type" | "body">): string {
  const media = mediaType(type, body);
  if (media !== "image/svg+xml") return `data:${media};base64,${Buffer.from(body).toString("base64")}`;
  const text = new TextDecoder().decode(body).trim();
  return `data:${media},${text.replace(/[%#"<>\\^`{|}\s\x7f-\u{10ffff}]/gu, (character) => (character === " " ? "%20" : encodeURIComponent(character)))}`;
}
