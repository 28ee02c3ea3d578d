import type { InsertionItem } from "../model/item.ts";

/** Ends every line that Upkeep puts into a file of someone else, where the language has comments. */
const mark = "# Upkeep";

/** A line of ours in a language without comments at the end of a line, such as those of Apache, Exim and Postfix. */
const isOurs = (line: string): boolean =>
  line.endsWith(mark) ||
  /^\s*IncludeOptional \/etc\/apache2\/upkeep\//.test(line) ||
  /^acl_\w+ = .*\/etc\/exim4\/upkeep-/.test(line) ||
  /^authorized_submit_users = !\/var\/lib\/upkeep-mail\//.test(line);

/** A file as its owner wrote it. */
export const withoutOurs = (text: string): string =>
  text
    .split("\n")
    .filter((line) => !isOurs(line))
    .join("\n");

export const marked = (line: string): string => `${line} ${mark}`;

/** Lines to put after the line of that number, counted from 0; -1: before all others. */
export type Insertions = ReadonlyMap<number, readonly string[]>;

/** A file of someone else with our lines in it, and nothing else changed. */
export function insertion(path: string, text: string, insertions: Insertions, readBy: string): InsertionItem {
  const theirs = withoutOurs(text).split("\n");
  const lines = [
    ...(insertions.get(-1) ?? []),
    ...theirs.flatMap((line, index) => [line, ...(insertions.get(index) ?? [])]),
  ];
  return { type: "insertion", path, content: lines.join("\n"), readBy };
}
