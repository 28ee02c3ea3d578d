import type { Atrule, CssNode, Rule, WalkContext } from "css-tree";
import parse from "css-tree/parser";
import walk from "css-tree/walker";
import { decodeStyle } from "./decode.ts";
import type { Embedder, Parts } from "./embedder.ts";
import { nameOf, type Where } from "./fetcher.ts";
import { chooseFont } from "./font-face.ts";

/** A style sheet, or the value of a `style` attribute, and where it stands. */
export interface Style {
  readonly text: string;
  /** What its addresses are relative to. */
  readonly base: URL;
  /** Where its first character is. */
  readonly where: Where;
  readonly context: "stylesheet" | "declarationList";
  /** Whether a selector can match anything; rules that cannot are left out, with all that they would load. */
  readonly mayMatch?: (selector: string) => boolean;
}

/** A part of the text that is replaced. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly parts: Parts;
}

/** Everything that a style sheet loads becomes part of it: imports, images, fonts. The rest stays as it was written. */
export async function embedStyle(style: Style, embedder: Embedder, above: readonly string[] = []): Promise<Parts> {
  // What names nothing outside need not be understood; a backslash may hide any word.
  if (!style.mayMatch && !/url\(|@import|@charset|image-set\(|\\/i.test(style.text)) return [style.text];
  const edits: Edit[] = [];
  const imports: Promise<void>[] = [];
  const replace = (node: CssNode, parts: Parts) => {
    if (node.loc) edits.push({ start: node.loc.start.offset, end: node.loc.end.offset, parts });
  };
  const load = (node: CssNode, reference: string) => {
    const slot = embedder.slot(reference, style.base, "declaration", placeIn(style, node));
    if (slot) replace(node, [slot]);
  };
  const visitAtrule = (node: Atrule) => {
    switch (node.name.toLowerCase()) {
      case "charset":
        replace(node, []);
        return walk.skip;
      case "namespace":
        return walk.skip;
      case "import":
        imports.push(embedImport(node, style, embedder, above).then((parts) => replace(node, parts)));
        return walk.skip;
      case "font-face":
        edits.push(
          ...chooseFont(node, style.text, (url) =>
            embedder.slot(url.value, style.base, "address", placeIn(style, url)),
          ),
        );
        return walk.skip;
      default:
        return undefined;
    }
  };
  walk(parse(style.text, { context: style.context, positions: true, parseCustomProperty: true }), {
    enter(this: WalkContext, node: CssNode) {
      if (node.type === "Atrule") return visitAtrule(node);
      // Of a rule within another the outer one decides, and what stands in keyframes selects nothing.
      const isOuter = this.rule === null && !/keyframes$/i.test(this.atrule?.name ?? "");
      if (node.type === "Rule" && isOuter && isUnused(node, style)) {
        replace(node, []);
        return walk.skip;
      }
      if (node.type === "Url") load(node, node.value);
      if (node.type === "Function" && /^(-webkit-)?image-set$/i.test(node.name))
        for (const child of node.children) if (child.type === "String") load(child, child.value);
      // What the parser does not understand a browser may.
      if (node.type === "Raw") edits.push(...rawEdits(node.value, node, style, embedder));
      return undefined;
    },
  });
  await Promise.all(imports);
  return apply(style.text, edits);
}

function isUnused({ prelude }: Rule, { text, mayMatch }: Style): boolean {
  if (!mayMatch || prelude.type !== "SelectorList") return false;
  const selectors = [...prelude.children].flatMap(({ loc }) =>
    loc ? [text.slice(loc.start.offset, loc.end.offset)] : [],
  );
  return selectors.length > 0 && selectors.every((selector) => !mayMatch(selector));
}

/** An imported style sheet in place of its import, under the same conditions (css-cascade-5, 2.1). */
async function embedImport(node: Atrule, style: Style, embedder: Embedder, above: readonly string[]): Promise<Parts> {
  const prelude = node.prelude?.loc ? style.text.slice(node.prelude.loc.start.offset, node.prelude.loc.end.offset) : "";
  const {
    quoted,
    plain,
    conditions = "",
  } = /^(?:url\(\s*)?(?:(?<quote>["'])(?<quoted>[\s\S]*?)\k<quote>|(?<plain>[^\s)"']+))(?:\s*\))?(?<conditions>[\s\S]*)$/.exec(
    prelude,
  )?.groups ?? {};
  const where = placeIn(style, node);
  const fetched = await embedder.read(quoted ?? plain ?? "", style.base, where);
  if (!fetched || above.includes(fetched.url.href)) return [];
  const text = decodeStyle(fetched);
  const inner = await embedStyle(
    {
      text,
      base: fetched.url,
      where: startOf(fetched.url),
      context: "stylesheet",
      ...(style.mayMatch && { mayMatch: style.mayMatch }),
    },
    embedder,
    [...above, fetched.url.href],
  );
  const { layer, name, supports, media } =
    /^\s*(?<layer>layer(?:\((?<name>[^)]*)\))?(?=\s|$))?\s*(?:supports(?<supports>\((?:[^()]|\([^()]*\))*\)))?\s*(?<media>[\s\S]*?)\s*$/i.exec(
      conditions,
    )?.groups ?? {};
  let parts = inner;
  if (layer) parts = [`@layer ${name ?? ""}{`, ...parts, "}"];
  if (supports)
    parts = [
      `@supports ${/^\(\s*(\(|not\b|[\w-]+\()/i.test(supports) ? supports.slice(1, -1) : supports}{`,
      ...parts,
      "}",
    ];
  if (media) parts = [`@media ${media}{`, ...parts, "}"];
  return parts;
}

function rawEdits(text: string, node: CssNode, style: Style, embedder: Embedder): Edit[] {
  const offset = node.loc?.start.offset;
  if (offset === undefined) return [];
  return [...text.matchAll(/url\(\s*(?:"([^"]*)"|'([^']*)'|([^"')\s]+))\s*\)/gi)].flatMap((match) => {
    const slot = embedder.slot(match[1] ?? match[2] ?? match[3] ?? "", style.base, "declaration", placeIn(style, node));
    return slot ? [{ start: offset + match.index, end: offset + match.index + match[0].length, parts: [slot] }] : [];
  });
}

function apply(text: string, edits: readonly Edit[]): Parts {
  let at = 0;
  const parts = edits
    .toSorted((one, other) => one.start - other.start)
    .flatMap(({ start, end, parts: inner }) => {
      const before = text.slice(at, start);
      at = end;
      return [before, ...inner];
    });
  return [...parts, text.slice(at)];
}

/** Where a node is, counted from where the style itself begins. */
function placeIn({ where }: Style, { loc }: CssNode): Where {
  const { line, column } = loc?.start ?? { line: 1, column: 1 };
  return {
    file: where.file,
    line: where.line + line - 1,
    column: line === 1 ? where.column + column - 1 : column,
  };
}

export const startOf = (url: URL): Where => ({ file: nameOf(url), line: 1, column: 1 });
