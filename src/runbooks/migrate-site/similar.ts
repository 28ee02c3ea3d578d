import type { Page } from "../../host/page.ts";

/** What of a page two hosts may not differ in. */
const headers = [
  "content-type",
  "content-language",
  "location",
  "cache-control",
  "link",
  "content-security-policy",
  "strict-transport-security",
  "x-frame-options",
];

/** How two answers differ. */
export interface Difference {
  /** `status 200, not 500`; nothing: only the content may. */
  readonly says: readonly string[];
  /** From 0 to 1: how much of the content is the same. */
  readonly alike: number;
}

export function difference(old: Page, own: Page): Difference {
  const says: string[] = [];
  if (old.status !== own.status) says.push(`status ${old.status} there, ${own.status} here`);
  for (const name of headers)
    if (old.headers[name] !== own.headers[name])
      says.push(`${name}: ${old.headers[name] ?? "none"} there, ${own.headers[name] ?? "none"} here`);
  const cookies = [old, own].map((page) => cookieNames(page).join(", "));
  if (cookies[0] !== cookies[1]) says.push(`cookies: ${cookies[0] || "none"} there, ${cookies[1] || "none"} here`);
  return { says, alike: alike(old.body, own.body) };
}

const cookieNames = ({ headers: { "set-cookie": cookies = "" } }: Page): string[] =>
  [...cookies.matchAll(/(?:^|,)\s*([^=;,\s]+)=/g)].map(([, name]) => name!).sort();

/** Words that follow each other are compared, so many together. */
const together = 3;

/** The share of runs of words that both texts have (Jaccard index). */
export function alike(one: string, other: string): number {
  if (one === other) return 1;
  const [first, second] = [runsOf(one), runsOf(other)];
  let common = 0;
  for (const each of first) if (second.has(each)) common++;
  const all = first.size + second.size - common;
  return all === 0 ? 1 : common / all;
}

function runsOf(text: string): Set<string> {
  const words = text.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const runs = new Set<string>();
  for (let index = 0; index === 0 || index + together <= words.length; index++)
    runs.add(words.slice(index, index + together).join(" "));
  return runs;
}
