/** A part of a server's configuration that answers for certain names. */
export interface Block {
  readonly file: string;
  /** Its names, as they are written: `shop.example.com`, `*.example.org`; `*` for any. */
  readonly names: readonly string[];
  /** The line after which something can be put into it, counted from 0. */
  readonly line: number;
}

/** The blocks that answer for a site or pattern: `shop.example.com`, `*.example.org`, `all`. */
export const blocksOf = (blocks: readonly Block[], site: string): Block[] =>
  blocks.filter(({ names }) => names.some((name) => serves(name.toLowerCase(), site)));

function serves(name: string, site: string): boolean {
  if (site === "all" || name === site || name === "*") return true;
  // nginx writes `.example.org` for the name itself and all below.
  const domain = /^\*?\.(?<domain>.+)$/.exec(name)?.groups?.domain;
  if (site.startsWith("*.")) return name.endsWith(site.slice(1)) || domain === site.slice(2);
  return domain !== undefined && (site.endsWith(`.${domain}`) || (name.startsWith(".") && site === domain));
}
