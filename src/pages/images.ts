import type { Slot } from "./embedder.ts";
import { parseSrcset, printSrcset } from "./srcset.ts";
import { attribute, type Element, isElement, removeAttribute, setAttribute } from "./tree.ts";
import { fillAttribute, type Work, whereOf } from "./work.ts";

/*
 * An image that is there several times, or in several resolutions, is shown by `content` (css-content-3, replaced
 * content): there a name can stand for it, so that the page holds it once, and browsers choose the resolution that suits
 * the screen, while of `data:` addresses in `srcset` they take the largest.
 */

/** What the first of a `<picture>`'s elements whose condition holds would show. */
interface Choice {
  readonly node: Element;
  readonly candidates: readonly {
    readonly slot: Slot | undefined;
    readonly url: string;
    readonly descriptor: string;
  }[];
}

/** Types that every browser shows that knows `image-set()`. */
const shown = /^\s*(image\/(avif|webp|a?png|jpeg|gif|svg\+xml|bmp|x-icon)\b.*)?$/i;

/** An image of one unseen pixel: without any, `width` and `height` would mean nothing. */
const nothing = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==";

/** An `<img>`, with the `<source>` elements that are before it in its `<picture>`. */
export function embedImage(node: Element, work: Work): void {
  const parent = node.parentNode;
  const sources = parent?.nodeName === "picture" ? parent.childNodes.filter(isElement) : [];
  const choices = [...sources.filter(({ tagName }) => tagName === "source"), node].map((each) => choiceOf(each, work));
  const mark = work.finish.length;
  work.finish.push((filled) => {
    const isShared = choices.some(({ candidates }) =>
      candidates.some(({ slot }) => slot && filled.value(slot)?.startsWith("var(")),
    );
    const only = choices[0]!.candidates.filter(({ slot, url }) => slot || url);
    const isByDensity = choices.length === 1 && only.length > 1 && !only.some(({ descriptor }) => isWidth(descriptor));
    if (isShared || isByDensity) showByName(node, mark, choices, filled.value, work);
    else for (const choice of choices) fill(choice, filled.value);
  });
}

/** Old pages name a picture behind something; style sheets may say otherwise. */
export function embedBackground(node: Element, work: Work): void {
  const reference = attribute(node, "background");
  const slot =
    reference === undefined
      ? undefined
      : work.embedder.slot(reference, work.base, "declaration", whereOf(node, "background", work));
  if (!slot) return;
  const mark = work.finish.length;
  work.finish.push(({ value }) => {
    const image = value(slot);
    removeAttribute(node, "background");
    if (image !== undefined) work.rules.push(`${marked(node, mark)}{background-image:${image}}`);
  });
}

const isWidth = (descriptor: string): boolean => /^\d+w/.test(descriptor);

/** See https://html.spec.whatwg.org/#update-the-source-set: `src` is one of them unless one for 1x or by width is there. */
function choiceOf(node: Element, work: Work): Choice {
  const listed = parseSrcset(attribute(node, "srcset") ?? "");
  const source = node.tagName === "img" ? attribute(node, "src") : undefined;
  const isComplete = listed.some(({ descriptor }) => isWidth(descriptor) || densityOf(descriptor) === 1);
  const all = source === undefined || isComplete ? listed : [{ url: source, descriptor: "" }, ...listed];
  const candidates = all.map(({ url, descriptor }) => {
    const where = whereOf(node, url === source && !descriptor ? "src" : "srcset", work);
    return { url, descriptor, slot: work.embedder.slot(url, work.base, "declaration", where) };
  });
  return { node, candidates };
}

const densityOf = (descriptor: string): number => (descriptor === "" ? 1 : Number.parseFloat(descriptor));

/** In place, as it was written. */
function fill({ node, candidates }: Choice, value: (slot: Slot) => string | undefined): void {
  const known = candidates.flatMap(({ slot, url, descriptor }) => {
    const address = slot ? value({ ...slot, as: "address" }) : url;
    return address === undefined ? [] : [{ url: address, descriptor }];
  });
  if (attribute(node, "srcset") === undefined) {
    if (candidates.length > 0) fillAttribute(node, "src", known[0]?.url);
    return;
  }
  setAttribute(node, "srcset", printSrcset(known));
  if (attribute(node, "src") !== undefined) setAttribute(node, "src", nothing);
}

/** By rules of a style sheet, the last that holds first. */
function showByName(
  node: Element,
  mark: number,
  choices: readonly Choice[],
  value: (slot: Slot) => string | undefined,
  work: Work,
): void {
  const selector = marked(node, mark);
  const hasWidth = attribute(node, "width") !== undefined;
  const rules: string[] = [];
  for (const { node: from, candidates } of choices) {
    const media = attribute(from, "media");
    const known = candidates.flatMap(({ slot, url, descriptor }) => {
      const image = slot ? value(slot) : `url("${url.replaceAll(/["\\\s<]/g, encodeURIComponent)}")`;
      return image === undefined ? [] : [{ image, descriptor }];
    });
    if (from !== node) removeSource(from);
    if (known.length === 0 || !shown.test(attribute(from, "type") ?? "")) continue;
    const under = (inner: string) => (media ? `@media ${media}{${inner}}` : inner);
    rules.unshift(...rulesFor(known, attribute(from, "sizes") ?? "100vw", selector, hasWidth).map(under));
    // What comes after one without a condition is for nobody.
    if (from !== node && !media) break;
  }
  removeAttribute(node, "srcset", "sizes");
  setAttribute(node, "src", nothing);
  work.rules.push(...rules);
}

const removeSource = (source: Element): void => {
  const parent = source.parentNode!;
  parent.childNodes = parent.childNodes.filter((each) => each !== source);
};

type Known = readonly { readonly image: string; readonly descriptor: string }[];

/** What `sizes` says stands first is what holds first. */
function rulesFor(known: Known, sizes: string, selector: string, hasWidth: boolean): string[] {
  if (!known.some(({ descriptor }) => isWidth(descriptor)))
    return [`${selector}{content:${imageSet(known.map((each) => [each.image, densityOf(each.descriptor)]))}}`];
  const widths = known.flatMap(({ image, descriptor }) =>
    isWidth(descriptor) ? [[image, Number.parseInt(descriptor, 10)] as const] : [],
  );
  const largest = widths.toSorted(([, one], [, other]) => other - one)[0]![0];
  return sizes
    .split(/,(?![^(]*\))/)
    .map((size) => {
      const [, condition = "", length = ""] = /^\s*(.*?)\s*((?:\w+\([^)]*\)|[\w.%-]+))\s*$/s.exec(size) ?? [];
      const pixels = /^([\d.]+)px$/.exec(length)?.[1];
      const content = pixels ? imageSet(widths.map(([image, width]) => [image, width / Number(pixels)])) : largest;
      const rule = `${selector}{content:${content}${hasWidth || !/\d/.test(length) ? "" : `;width:${length}`}}`;
      return condition ? `@media ${condition}{${rule}}` : rule;
    })
    .toReversed();
}

function imageSet(images: readonly (readonly [image: string, density: number])[]): string {
  const [[only, density]] = images as [readonly [string, number]];
  if (images.length === 1 && density === 1) return only;
  return `image-set(${images.map(([image, each]) => `${image} ${Number(each.toFixed(4))}x`).join(",")})`;
}

/** A selector for one element that every rule of the page's own outweighs. */
function marked(node: Element, mark: number): string {
  setAttribute(node, "data-upkeep-image", String(mark));
  return `:where([data-upkeep-image="${mark}"])`;
}
