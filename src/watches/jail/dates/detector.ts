import { detached } from "../../detached.ts";
import { formats } from "./formats.ts";
import type { Assumed } from "./moment.ts";
import { type Found, type Template, templateOf, unanchored } from "./template.ts";

/** Where the date is in a line, and when that is; `moment` is missing where it is no date that there is. */
export interface Dated {
  readonly from: number;
  readonly to: number;
  readonly moment: number | undefined;
}

/** Finds the dates of one log. Lines of a log are alike: where and how the last one had its date is tried first. */
export interface DateDetector {
  find(line: string, assumed: Assumed, isPlain: boolean): Dated | undefined;
}

/** Several patterns are on lines of their own; without any, what is usual. Throws where one is no expression. */
export function openDateDetector(pattern: string | undefined): DateDetector {
  const templates = (pattern?.trim() ? pattern.trim().split(/\s*\n\s*/) : ["{DEFAULT}"]).flatMap(templatesOf);
  let last: { readonly template: Template; readonly start: number } | undefined;
  let latest: Latest | undefined;

  function best(line: string, isPlain: boolean): { readonly template: Template; readonly found: Found } | undefined {
    if (last) {
      const { template, start } = last;
      const found = template.find(line, isPlain);
      const isFirst = template.isAnchored || templates.length === 1;
      if (found && (isFirst || found.start === start || !mayBeDateIn(line.slice(0, found.start))))
        return { template, found };
    }
    let nearest: { readonly template: Template; readonly found: Found } | undefined;
    for (const template of templates) {
      const found = template.find(line, isPlain);
      if (!found || (nearest && nearest.found.start <= found.start)) continue;
      nearest = { template, found };
      if (template.isAnchored || found.start <= 1) break;
    }
    return nearest;
  }

  return {
    find(line, assumed, isPlain) {
      const again = latest && sameAgain(line, latest, assumed);
      if (again) return again;
      const chosen = best(line, isPlain);
      if (!chosen) return undefined;
      const { template, found } = chosen;
      last = { template, start: found.start };
      const { from, to } = found;
      const text = line.slice(from, to);
      if (text === "") return { from, to, moment: undefined };
      const isSame = latest?.text === text && latest.second === second(assumed);
      const moment = isSame ? latest!.moment : template.moment(found, assumed);
      const around = { before: line.slice(Math.max(0, from - 1), from), after: line.slice(to, to + enoughAfter) };
      latest = { text: isSame ? latest!.text : detached(text), ...around, second: second(assumed), moment };
      return { from, to, moment };
    },
  };
}

/** The last date that was found, and what was around it. */
interface Latest {
  readonly text: string;
  readonly before: string;
  readonly after: string;
  readonly second: number;
  readonly moment: number | undefined;
}

/** So many characters tell whether a date goes on: ` 2005` may be its year. */
const enoughAfter = 6;

const second = ({ now }: Assumed): number => Math.floor(now / 1000);

/** Lines of the same second have the same date between the same characters, and most of what comes to a log does. */
function sameAgain(
  line: string,
  { text, before, after, second: then, moment }: Latest,
  assumed: Assumed,
): Dated | undefined {
  const from = line.indexOf(text);
  if (from < 0 || then !== second(assumed)) return undefined;
  const to = from + text.length;
  if (line.slice(Math.max(0, from - 1), from) !== before || !line.startsWith(after, to)) return undefined;
  return mayBeDateIn(line.slice(0, from)) ? undefined : { from, to, moment };
}

/** Whether a date may end here, or a zone before one: all usual formats have a time of day, or many digits. */
const mayBeDate = /\d:\d\d:\d|\d{10}|@[0-9a-f]{24}|(?:[A-Z]{1,5}|[+-][\d:]{2,6}) *$/i;

/** Nearly all lines can be told by a look at a few characters. */
const mayBeDateIn = (before: string): boolean =>
  (before.includes(":") || before.includes("@") || before.endsWith(" ") || /\d{10}/.test(before)) &&
  mayBeDate.test(before);

const usual = memo(() => [
  // At the beginning of a line first: what is further on may be somebody else's words.
  ...formats.filter((format) => !/^(\^|\{\^LN-BEG\})/.test(format)).map((format) => templateOf(`{^LN-BEG}${format}`)),
  ...formats.map(templateOf),
]);

function templatesOf(pattern: string): readonly Template[] {
  const word = pattern.toUpperCase();
  if (word === "{DEFAULT}") return usual();
  if (word === "{^LN-BEG}") return usual().filter(({ isAnchored }) => isAnchored);
  if (word === "{NONE}") return [templateOf("{UNB}^")];
  if (!/(?<!\\)\{DATE\}/i.test(pattern)) return [templateOf(pattern)];
  return formats
    .filter((format) => format.includes("%"))
    .map((format) => templateOf(pattern.replace(/(?<!\\)\{DATE\}/i, () => unanchored(format))));
}

function memo<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
