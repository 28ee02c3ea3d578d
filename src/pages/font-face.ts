import type { Atrule, CssNode, Declaration, Url } from "css-tree";
import type { Edit } from "./css.ts";
import type { Slot } from "./embedder.ts";

/** What browsers prefer, and what only some that are gone could read. */
const ranks: readonly (readonly [RegExp, number])[] = [
  [/woff2/i, 0],
  [/woff/i, 1],
  [/truetype|opentype|collection|\.(ttf|otf|ttc)\b/i, 2],
  [/svg|embedded-opentype|\.eot\b/i, 9],
];

interface Source {
  readonly url: Url | undefined;
  readonly text: string;
  readonly rank: number;
}

/**
 * Of the formats in which a font is offered only the best goes into the page: every browser that reads `data:` style
 * sheets of this kind reads WOFF2 where there is one. Fonts of the machine itself (`local()`) stay.
 */
export function chooseFont(rule: Atrule, text: string, slotOf: (url: Url) => Slot | undefined): Edit[] {
  const declarations = [...(rule.block?.children ?? [])].filter(
    (node): node is Declaration => node.type === "Declaration" && node.property.toLowerCase() === "src",
  );
  const sources = declarations.flatMap((declaration) => sourcesOf(declaration, text));
  const best = sources.filter(({ url }) => url).sort((one, other) => one.rank - other.rank)[0];
  const last = declarations.at(-1);
  if (!best?.url || !last) return [];
  const slot = slotOf(best.url);
  if (!slot) return [];
  const local = sources.filter(({ url }) => !url).map(({ text: source }) => `${source},`);
  const { start, end } = best.url.loc!;
  const hint = best.text.slice(best.text.indexOf(text.slice(start.offset, end.offset)) + end.offset - start.offset);
  return declarations.map((declaration) => ({
    ...span(declaration),
    parts: declaration === last ? ["src:", ...new Set(local), 'url("', slot, `")${hint}`] : [],
  }));
}

/** The alternatives of a `src` descriptor (css-fonts-4, 4.3). */
function sourcesOf({ value }: Declaration, text: string): Source[] {
  if (value.type !== "Value") return [];
  const groups: CssNode[][] = [[]];
  for (const node of value.children) {
    if (node.type === "Operator" && node.value === ",") groups.push([]);
    else groups.at(-1)!.push(node);
  }
  return groups
    .filter((nodes) => nodes.length > 0)
    .map((nodes) => {
      const source = text.slice(nodes[0]!.loc!.start.offset, nodes.at(-1)!.loc!.end.offset);
      const url = nodes.find((node): node is Url => node.type === "Url");
      const hint = /format\(([^)]*)\)/i.exec(source)?.[1] ?? url?.value.replace(/[?#].*$/, "") ?? "";
      return { url, text: source, rank: ranks.find(([pattern]) => pattern.test(hint))?.[1] ?? 3 };
    });
}

const span = ({ loc }: CssNode): { start: number; end: number } => ({
  start: loc!.start.offset,
  end: loc!.end.offset,
});
