import { diffLines } from "diff";
import type { Edit, Taken } from "../../model/kind.ts";
import type { SiteSpec } from "./schema.ts";

/** How sections open and close in the two languages; lines outside of any block are nobody's. */
const languages = [
  { is: /<VirtualHost\b/, opens: /^<(?!\/|!)/, closes: /^<\// },
  { is: /^\s*server\s*\{/m, opens: /\{\s*(#.*)?$/, closes: /^\}/ },
] as const;

/**
 * What somebody has put into a site's configuration by hand, as its record can state it: lines of their own directly in the
 * site's block become `custom`. What they have changed of other lines comes from other fields, and a person has to say how.
 */
export function takeEdit(spec: SiteSpec, { written, found }: Edit): Taken {
  const language = languages.find(({ is }) => is.test(written));
  if (!language) return { problem: "this file does not come from the site's own lines" };
  let custom = [...spec.custom];
  const added: string[] = [];
  let depth = 0;
  for (const part of diffLines(written, found)) {
    const lines = part.value.split("\n").map((line) => line.trim());
    if (part.removed) {
      const foreign = lines.find((line) => line !== "" && !line.startsWith("#") && !custom.includes(line));
      if (foreign !== undefined)
        return {
          problem: `"${foreign}" comes from another field of the record, or from none; change the record instead`,
        };
      custom = custom.filter((line) => !lines.includes(line));
      continue;
    }
    const before = depth;
    for (const line of lines) {
      if (language.closes.test(line)) depth--;
      if (part.added && line !== "" && !line.startsWith("#") && depth < 1)
        return { problem: `"${line}" stands outside of the site's own block` };
      if (language.opens.test(line)) depth++;
    }
    if (!part.added) continue;
    if (before !== 1 || depth !== 1)
      return {
        problem: `"${lines.find((line) => line !== "")}" stands inside of another section, which the record cannot state`,
      };
    added.push(...lines.filter((line) => line !== "" && !line.startsWith("#")));
  }
  // What stands in the blocks for http and for https is stated once.
  const news = added.length % 2 === 0 && isTwice(added) ? added.slice(added.length / 2) : added;
  const wanted = [...custom, ...news];
  return wanted.join("\n") === spec.custom.join("\n")
    ? { problem: "nothing of this edit can be stated in the record" }
    : { spec: { ...spec, custom: wanted } };
}

const isTwice = (lines: readonly string[]): boolean =>
  lines.slice(0, lines.length / 2).join("\n") === lines.slice(lines.length / 2).join("\n");
