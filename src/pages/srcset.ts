/** One candidate of `srcset`: an address, and the rest of it (`2x`, `640w`). */
export interface Candidate {
  readonly url: string;
  readonly descriptor: string;
}

/** Splits `srcset` as browsers do: https://html.spec.whatwg.org/#parsing-a-srcset-attribute. */
export function parseSrcset(text: string): Candidate[] {
  const candidates: Candidate[] = [];
  let rest = text;
  for (;;) {
    rest = rest.replace(/^[\s,]+/, "");
    if (rest === "") return candidates;
    const [url = ""] = /^\S+/.exec(rest) ?? [];
    rest = rest.slice(url.length);
    if (url.endsWith(",")) {
      candidates.push({ url: url.replace(/,+$/, ""), descriptor: "" });
      continue;
    }
    // Commas inside parentheses belong to the descriptor.
    const [descriptor = ""] = /^(?:\([^)]*\)?|[^,(])*/.exec(rest) ?? [];
    rest = rest.slice(descriptor.length);
    candidates.push({ url, descriptor: descriptor.trim() });
  }
}

export const printSrcset = (candidates: readonly Candidate[]): string =>
  candidates.map(({ url, descriptor }) => (descriptor ? `${url} ${descriptor}` : url)).join(", ");
