import { posix } from "node:path";
import { repositoryInHost } from "../lab/directory.ts";

/** A place in the repository that a module's text names. Nothing says yet that there is something at it. */
export interface Reference {
  /** Relative to the repository. */
  readonly path: string;
  /** Where the path is a directory: all files in it are meant. */
  readonly files: "itself" | "below";
}

/** `import ... from "x"`, `import "x"`, `export ... from "x"`; types alone do not run, so `import type` is none. */
const statement = /\b(?:import|export)\s+(?!type\s)(?:[^"';{]*?(?:\{[^}]*\}[^"';]*?)?\bfrom\s*)?["']([^"'\n]+)["']/g;
/** `import("x")`, but not `typeof import("x")`. */
const call = /(?<!typeof\s+)\bimport\(\s*["'`]([^"'`\n]+)["'`]/g;
const url = /\bnew URL\(\s*["'`]([^"'`\n]+)["'`],\s*import\.meta\.url\s*\)/g;
/** `join(import.meta.dirname, "x")`, `const root = join(installation, "..")`: literals as far as there are any. */
const joined =
  /(?:\bconst\s+(\w+)\s*=\s*)?\b(?:join|resolve)\(\s*(import\.meta\.dirname|\w+)((?:\s*,\s*(?:"[^"\n]*"|'[^'\n]*'|`[^`\n]*`))+)/g;
const literal = /"([^"\n]*)"|'([^'\n]*)'|`([^`\n]*)`/g;
/** `${repositoryInHost}/x` */
const within = /\$\{(import\.meta\.dirname|\w+)\}\/([\w./@-]*(?:\$\{)?)/g;
const inHost = new RegExp(`(?<![\\w.])${repositoryInHost}/([\\w./@-]+(?:\\$\\{)?)`, "g");
/** `"docs/relations/wordpress.yaml"`: may be a file of the repository, as programs started in it name them. */
const plain = /["'`]((?!\.)(?:[\w.@-]+\/)+[\w.@-]+)["'`]/g;

/** Names that mean the repository's own directory wherever they are used. */
const wellKnown = ["installation", "repositoryInHost"] as const;

/** What a module of the repository refers to, as far as its text says it. */
export function references(file: string, text: string): Reference[] {
  const here = posix.dirname(file);
  const places = new Map<string, string>([
    ["import.meta.dirname", here],
    ...wellKnown.map((name) => [name, "."] as const),
  ]);
  const found: Reference[] = [];
  const add = (path: string, files: Reference["files"] = "below") => found.push({ path: fixedPart(path), files });

  for (const [, specifier] of [...text.matchAll(statement), ...text.matchAll(call)])
    if (specifier!.startsWith(".")) add(posix.join(here, specifier!));
  for (const [, relative] of text.matchAll(url)) add(posix.join(here, relative!));
  for (const [, constant, place, words] of text.matchAll(joined)) {
    const base = places.get(place!);
    if (base === undefined) continue;
    const path = posix.join(base, ...[...words!.matchAll(literal)].map(([, a, b, c]) => a ?? b ?? c!));
    if (constant !== undefined) places.set(constant, path);
    add(path);
  }
  for (const [, place, rest] of text.matchAll(within)) {
    const base = places.get(place!);
    if (base !== undefined) add(posix.join(base, rest!));
  }
  for (const [, path] of text.matchAll(inHost)) add(path!);
  for (const [, path] of text.matchAll(plain)) add(path!, "itself");
  return found;
}

/** Of `test/web/${journey}.ts` the directory is known, and no more. */
function fixedPart(path: string): string {
  const hole = path.indexOf("${");
  return posix.normalize(hole < 0 ? path : posix.dirname(`${path.slice(0, hole)}.`)).replace(/\/$/, "");
}
