import { compile, type Expression } from "../regex/expression.ts";
import { expressionOf } from "./directives.ts";
import { type Assumed, type Fields, momentOf } from "./moment.ts";

/** One way that dates are written. */
export interface Template {
  /** Whether it stands at the beginning of a line. */
  readonly isAnchored: boolean;
  find(line: string, isPlain: boolean): Found | undefined;
  /** Milliseconds since 1970; `undefined` where it is none after all. */
  moment(found: Found, assumed: Assumed): number | undefined;
}

/** Where a date is in a line. Without `text` there is none, by intention. */
export interface Found {
  /** Where the whole match begins; the date in it is from here to there. */
  readonly start: number;
  readonly from: number;
  readonly to: number;
  readonly fields: Fields;
}

/** Before a date: the beginning, or a little that is no letter. */
const lineBegin = "^(?:\\W{0,2})?";
const wordBegin = "(?=^|\\b|\\W)";
const wordEnd = "(?=\\b|\\W|$)";

const epoch = "\\d{10,11}\\b(?:\\.\\d{3,6})?";
const longEpoch = "\\d{10,11}(?:\\d{3}(?:\\.\\d{1,6}|\\d{3})?)?";

/** The template of a date pattern, see jail.conf(5). Throws where it is no expression. */
export function templateOf(pattern: string): Template {
  const { begin, rest } = beginOf(pattern);
  const word = rest.toUpperCase();
  if (word === "EPOCH" || word === "LEPOCH") return epochTemplate(begin, word === "LEPOCH" ? longEpoch : epoch);
  if (word === "TAI64N")
    return compiled(`${begin === "line" ? lineBegin : ""}(@[0-9a-f]{24})`, begin === "line", taiMoment);
  if (/\{L?EPOCH\}/i.test(rest)) {
    const inner = rest.replaceAll(/\{(L?)EPOCH\}/gi, (_, long) => `(?P<_epoch>${long ? longEpoch : epoch})`);
    return compiled(bounded(`(${inner})`, begin), /^\^/.test(rest), ({ _epoch }) => epochMoment(_epoch!));
  }
  const text = expressionOf(rest);
  return compiled(
    bounded(text, begin),
    begin === "line" || /^(?:\(\?\w+\))?(?:\^|\((?:\?:)?\^(?!\|))/.test(text),
    momentOf,
  );
}

/** The same where a pattern says `{DATE}`. */
export const unanchored = (pattern: string): string => pattern.replace(/^\{\^LN-BEG\}|^\{UNB\}|^\^/, "");

type Begin = "line" | "word" | "anywhere";

function beginOf(pattern: string): { readonly begin: Begin; readonly rest: string } {
  if (/^\{UNB\}/.test(pattern)) return { begin: "anywhere", rest: pattern.slice(5) };
  if (/^\{\^LN-BEG\}/.test(pattern)) return { begin: "line", rest: pattern.slice(9) };
  if (/^\^L?(EPOCH|TAI64N)$/i.test(pattern)) return { begin: "line", rest: pattern.slice(1) };
  return { begin: "word", rest: pattern };
}

/** A date stands for itself: not in the middle of a word or a number, unless the pattern says so (`**`, `^`, `$`). */
function bounded(text: string, begin: Begin): string {
  const [, flags = "", body = ""] = /^(\(\?[a-z]+\))?([\s\S]*)$/.exec(text.trim()) ?? [];
  const isFree = begin === "anywhere";
  const needsBegin = !isFree && !/^\(*(?:\^|\*\*|\((?:\?:)?\^)/.test(body);
  const needsEnd = !isFree && !/(?<!\\)(?:\$\)?|\\b|\\s|\*\*\)*)$/.test(body);
  const plain = body.replace(/^(\(*)\*\*/, "$1").replace(/(?<!\\)\*\*(\)*)$/, "$1");
  const grouped = hasGroup(plain) ? plain : plain.replace(/^(\^?)([\s\S]*?)(\$?)$/, "$1($2)$3");
  const before = needsBegin ? (begin === "line" ? lineBegin : wordBegin) : "";
  return flags + before + grouped + (needsEnd ? wordEnd : "");
}

/** Whether some of it is marked as the date, by parentheses. */
const hasGroup = (text: string): boolean => /(?<!\(\?)(?<!\\)\((?!\?)/.test(text);

function epochTemplate(begin: Begin, digits: string): Template {
  const text =
    begin === "line"
      ? `^(?:\\W{0,2})?(${digits})${wordEnd}`
      : `((?:^${digits})|(?:(?<=^\\[)${digits}(?=\\]))|(?:(?<=\\baudit\\()${digits}(?=:\\d+\\))))${wordEnd}`;
  return compiled(text, begin === "line", ({ _date }) => epochMoment(_date!));
}

/** With thirteen digits and more they are milliseconds, with sixteen microseconds. */
function epochMoment(digits: string): number {
  const [whole = ""] = digits.split(".");
  const seconds = Number(digits) / (whole.length >= 16 ? 1e6 : whole.length >= 13 ? 1e3 : 1);
  return Math.round(seconds * 1000);
}

const taiMoment = ({ _date }: Fields): number => Number.parseInt(_date!.slice(2, 17), 16) * 1000;

function compiled(
  text: string,
  isAnchored: boolean,
  toMoment: (fields: Fields, assumed: Assumed) => number | undefined,
): Template {
  const expression: Expression = compile(text, { marked: "_date" });
  return {
    isAnchored,
    find(line, isPlain) {
      const match = expression.search(line, isPlain);
      if (!match) return undefined;
      const fields = match.groups!;
      const start = match.index;
      const from = start + (fields._date_before?.length ?? 0);
      return { start, from, to: from + (fields._date?.length ?? 0), fields };
    },
    moment: ({ fields }, assumed) => toMoment(fields, assumed),
  };
}
