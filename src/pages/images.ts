import type { Slot } from "./embedder.ts";
import { type Candidate, parseSrcset, printSrcset } from "./srcset.ts";
import { attribute, type Element, removeAttribute, setAttribute } from "./tree.ts";
import { embedAddress, fillAttribute, type Work, whereOf } from "./work.ts";

/**
 * An image that is there several times, or in several resolutions, is shown by `content` (css-content-3, replaced
 * content): there a name can stand for it, and browsers choose the resolution that suits the screen, while of `data:`
 * addresses in `srcset` they take the largest.
 */
export function embedImage(node: Element, work: Work): void {
  const candidates = parseSrcset(attribute(node, "srcset") ?? "");
  const isByDensity = candidates.every(({ descriptor }) => /^([\d.]+x)?$/.test(descriptor));
  if (node.parentNode?.nodeName === "picture" || !isByDensity) {
    embedSrcset(node, work);
    embedAddress(node, "src", work);
    return;
  }
  const source = attribute(node, "src");
  const has1x = candidates.some(({ descriptor }) => descriptor === "" || Number.parseFloat(descriptor) === 1);
  if (source !== undefined && !has1x) candidates.unshift({ url: source, descriptor: "" });
  const slots = candidates.map(({ url, descriptor }) => ({
    slot: work.embedder.slot(url, work.base, "declaration", whereOf(node, descriptor ? "srcset" : "src", work)),
    descriptor: descriptor || "1x",
  }));
  work.finish.push(({ value }) => {
    const known = slots.flatMap(({ slot, descriptor }) => {
      const shown = slot && value(slot);
      return slot && shown !== undefined ? [{ slot, shown, descriptor }] : [];
    });
    const [first] = known;
    removeAttribute(node, "srcset");
    if (!first) {
      if (slots.some(({ slot }) => slot)) removeAttribute(node, "src");
    } else if (known.length > 1) {
      show(node, `image-set(${known.map(({ shown, descriptor }) => `${shown} ${descriptor}`).join(",")})`);
    } else if (first.shown.startsWith("var(")) show(node, first.shown);
    else fillAttribute(node, "src", value({ ...first.slot, as: "address" }));
  });
}

/** An image of one unseen pixel: without any, `width` and `height` would mean nothing. */
const nothing = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==";

function show(node: Element, content: string): void {
  setAttribute(node, "src", nothing);
  setAttribute(node, "style", `content:${content};${attribute(node, "style") ?? ""}`);
}

/** All candidates of `srcset`, in place. */
export function embedSrcset(node: Element, work: Work): void {
  const text = attribute(node, "srcset");
  if (text === undefined) return;
  const where = whereOf(node, "srcset", work);
  const candidates = parseSrcset(text).map((candidate) => ({
    ...candidate,
    slot: work.embedder.slot(candidate.url, work.base, "address", where),
  }));
  const filled = (slot: Slot | undefined, url: string, value: (slot: Slot) => string | undefined) =>
    slot ? value(slot) : url;
  work.finish.push(({ value }) => {
    const known = candidates.flatMap(({ url, descriptor, slot }): Candidate[] => {
      const address = filled(slot, url, value);
      return address === undefined ? [] : [{ url: address, descriptor }];
    });
    setAttribute(node, "srcset", printSrcset(known));
  });
}
