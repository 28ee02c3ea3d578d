import { type DateDetector, openDateDetector } from "../dates/detector.ts";
import { compile, type Expression, isPlain as isPlainText } from "../regex/expression.ts";
import { anyOf } from "../regex/needles.ts";
import { openConnections } from "./connections.ts";
import type { Definition } from "./definition.ts";
import { mergedGroups, withoutTags } from "./tags.ts";

/** What the groups of an expression have found, by name. */
export type Groups = Record<string, string | undefined>;

/** A line that counts against somebody. */
export interface Failure {
  /** Which `failregex` it was, from 0. */
  readonly expression: number;
  /** Whom it counts against: an address, a host name, or what `<F-ID>` says. */
  readonly id: string;
  /** The address or the host name, if there is one. */
  readonly host: string | undefined;
  /** Milliseconds since 1970; `undefined` where the log does not say. */
  readonly moment: number | undefined;
  readonly user: string | undefined;
  /** All that one connection has tried. */
  readonly users: readonly string[];
  readonly groups: Readonly<Groups>;
  /** The lines that it took. */
  readonly lines: readonly string[];
}

/** What a line came to. */
export type Verdict =
  | { readonly is: "failure"; readonly failure: Failure }
  /** An expression knows it, and it is no failure; a success is one that says so (`<F-MLFGAINED>`, `<F-SUCCESS>`). */
  | {
      readonly is: "noFailure";
      readonly expression: number;
      readonly host: string | undefined;
      readonly isSuccess: boolean;
    }
  /** It may become a failure, or would be one. */
  | { readonly is: "pending" | "ignored"; readonly expression: number }
  | { readonly is: "unknown" };

/** A line, and when it was: the journal says so itself, of a file it is worked out. */
export interface Line {
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly moment?: number;
  /** Whether it is known to be ASCII without carriage returns. */
  readonly isPlain?: boolean;
}

/** A filter at work on one log. */
export interface Matcher {
  readonly failregex: readonly Expression[];
  readonly ignoreregex: readonly Expression[];
  readonly prefregex: Expression | undefined;
  /** Texts of which one is in every line that is not unknown. */
  readonly needles: readonly string[] | undefined;
  /** Whether some expression may take long for a line that was made for it. */
  readonly isSlow: boolean;
  /** How many lines may be searched before the first of them is taken. */
  readonly together: number;
  /** What is in a line. May be broken off anywhere and done again: nothing counts before it is taken. */
  search(line: Line): Found;
  /** What that comes to, in the order of the lines. */
  take(found: Found): Verdict;
  /** Both at once. */
  judge(line: Line): Verdict;
}

/** What expressions have found in a line, and the lines that are still to be looked at with the next. */
export type Found =
  | { readonly is: "nothing"; readonly rest: readonly Piece[] }
  | { readonly is: "ignored"; readonly expression: number; readonly rest: readonly Piece[] }
  | {
      readonly is: "match";
      readonly expression: number;
      readonly groups: Groups;
      readonly matched: readonly string[];
      readonly moment: number | undefined;
      readonly rest: readonly Piece[];
    };

export interface MatcherOptions {
  readonly now: () => number;
  /** Minutes east of Greenwich of what a log says without a zone; by default, this machine's. */
  readonly zone?: number;
}

/** A line without a date was when the one before it was, if that is no longer ago. Milliseconds. */
const stale = 60_000;

const unknown: Verdict = { is: "unknown" };

export interface Piece {
  /** What is left without the date. */
  readonly text: string;
  readonly whole: string;
}

/** Throws where an expression or a date pattern cannot be read. */
export function openMatcher(definition: Definition, { now, zone }: MatcherOptions): Matcher {
  const { maxlines } = definition;
  const lines = maxlines > 1;
  const { prefregex, failregex, ignoreregex } = expressionsOf(definition);
  const ignoresFirst = ignoreregex.length > 0 && ignoreregex.length < failregex.length - 2;
  const dates: DateDetector = openDateDetector(definition.datepattern);
  const connections = openConnections();
  let buffer: readonly Piece[] = [];
  let lastMoment: number | undefined;

  function split(
    { text, moment }: Line,
    isPlain: boolean,
  ): { readonly piece: Piece; readonly moment: number | undefined } {
    if (moment !== undefined) {
      lastMoment = moment;
      return { piece: { text, whole: text }, moment };
    }
    const dated = dates.find(text, { now: now(), ...(zone !== undefined && { zone }) }, isPlain);
    const recent = lastMoment !== undefined && lastMoment > now() - stale ? lastMoment : undefined;
    if (!dated) return { piece: { text, whole: text }, moment: recent };
    const isEmpty = dated.from === dated.to;
    if (dated.moment !== undefined) lastMoment = dated.moment;
    return {
      piece: { text: text.slice(0, dated.from) + text.slice(dated.to), whole: text },
      moment: dated.moment ?? recent ?? (isEmpty ? now() : undefined),
    };
  }

  function search(line: Line): Found {
    const isPlain = line.isPlain ?? isPlainText(line.text);
    const { piece, moment } = split(line, isPlain);
    const plainly = isPlain && !lines;
    const all = lines ? [...buffer, piece].slice(-maxlines) : [piece];
    const nothing: Found = { is: "nothing", rest: all };
    let text = joined(all);
    if (ignoresFirst && isIgnored(text, plainly)) return nothing;
    let before: Groups | undefined;
    let pieces: readonly Piece[] = all;
    if (prefregex) {
      const match = prefregex.search(text, plainly);
      if (!match) return nothing;
      const { content, ...groups } = groupsOf(prefregex, match);
      before = groups;
      if (content) {
        text = `${content}\n`;
        pieces = [{ text: content, whole: piece.whole }];
      }
    }
    for (const [expression, each] of failregex.entries()) {
      const match = each.search(text, plainly);
      if (!match) continue;
      const taken = lines ? linesOf(match, text, pieces) : undefined;
      const rest = taken?.rest ?? all;
      if (ignoreregex.length > 0 && isIgnored(taken ? joined(taken.matched) : text, plainly))
        return { is: "ignored", expression, rest };
      const matched = taken ? taken.matched.map(({ whole }) => whole) : [pieces[0]!.whole];
      const groups = groupsOf(each, match);
      return { is: "match", expression, groups: before ? { ...before, ...groups } : groups, matched, moment, rest };
    }
    return nothing;
  }

  function take(found: Found): Verdict {
    if (lines) buffer = found.rest;
    if (found.is === "nothing") return unknown;
    return found.is === "ignored" ? { is: "ignored", expression: found.expression } : verdict(found);
  }

  const isIgnored = (text: string, plainly: boolean) =>
    ignoreregex.some((expression) => expression.search(text, plainly) !== undefined);

  function verdict({ expression, groups: found, matched, moment }: Found & { is: "match" }): Verdict {
    const { mlfid } = found;
    const merged = mlfid === undefined ? undefined : connections.merge(mlfid, found, matched);
    const groups = merged?.known.groups ?? found;
    const host = groups.ip4 ?? groups.ip6 ?? groups.dns;
    if (merged?.isNoFailure || (!merged && found.nofail))
      return { is: "noFailure", expression, host, isSuccess: Boolean(found.mlfgained || found.success) };
    const id = groups.fid ?? host;
    if (id === undefined) {
      if (merged) merged.known.isPending = true;
      return { is: "pending", expression };
    }
    const suffix = groups.cidr !== undefined && groups.fid === undefined ? `/${groups.cidr}` : "";
    return {
      is: "failure",
      failure: {
        expression,
        id: id + suffix,
        host: host === undefined ? undefined : host + suffix,
        moment,
        user: groups.user,
        users: merged ? [...merged.known.users] : groups.user ? [groups.user] : [],
        groups: merged ? { ...groups } : groups,
        lines: merged ? [...merged.known.lines] : matched,
      },
    };
  }

  return {
    failregex,
    ignoreregex,
    prefregex,
    needles: lines ? undefined : (anyOf(failregex.map(({ needles }) => needles)) ?? prefregex?.needles),
    isSlow: [...(prefregex ? [prefregex] : []), ...failregex, ...ignoreregex].some(({ slow }) => slow !== undefined),
    together: lines ? 1 : 256,
    search,
    take,
    judge: (line) => take(search(line)),
  };
}

interface Expressions {
  readonly prefregex: Expression | undefined;
  readonly failregex: readonly Expression[];
  readonly ignoreregex: readonly Expression[];
}

/** One filter may look at a thousand logs. */
const ready = new WeakMap<Definition, Expressions>();

function expressionsOf(definition: Definition): Expressions {
  const known = ready.get(definition);
  if (known) return known;
  const { usedns, maxlines } = definition;
  const make = (source: string) => compile(withoutTags(source, usedns), { lines: maxlines > 1 });
  const made = {
    prefregex: definition.prefregex === undefined ? undefined : make(definition.prefregex),
    failregex: definition.failregex.map(make),
    ignoreregex: definition.ignoreregex.map(make),
  };
  for (const expression of made.failregex) mustFindSomebody(expression, made.prefregex);
  ready.set(definition, made);
  return made;
}

const joined = (pieces: readonly Piece[]): string =>
  pieces.length === 1 ? `${pieces[0]!.text}\n` : `${pieces.map(({ text }) => text).join("\n")}\n`;

const groupsOf = ({ isComplex }: Expression, { groups = {} }: RegExpExecArray): Groups =>
  isComplex ? mergedGroups(groups) : groups;

const identities = ["fid", "ip4", "ip6", "dns", "mlfid"];

function mustFindSomebody({ names, source }: Expression, prefregex: Expression | undefined): void {
  const all = [...names, ...(prefregex?.names ?? [])];
  if (!all.some((name) => identities.includes(name)))
    throw new Error(`"${source}" says nowhere whom it is about: <HOST>, <ADDR> or <F-ID> should be in it`);
}

/** Which lines a match is in, and which not: those before, those skipped within (`<SKIPLINES>`), and those after. */
function linesOf(
  match: RegExpExecArray,
  text: string,
  pieces: readonly Piece[],
): { readonly matched: readonly Piece[]; readonly rest: readonly Piece[] } {
  const count = (part: string) => part.split("\n").length - 1;
  const begin = text.lastIndexOf("\n", match.index) + 1;
  const end = match.index + match[0].length;
  const newline = text.indexOf("\n", Math.max(0, end - 1));
  const first = count(text.slice(0, begin));
  const last = newline < 0 ? pieces.length : count(text.slice(0, newline + 1));
  const skipped = Object.entries(match.groups ?? {})
    .filter(([name]) => name.startsWith("skiplines"))
    .flatMap(([, part = ""]) => part.split("\n").filter((line) => line !== ""));
  const matched: Piece[] = [];
  const rest = pieces.slice(0, first);
  for (const piece of pieces.slice(first, last)) {
    if (skipped[0] !== piece.text) matched.push(piece);
    else {
      skipped.shift();
      rest.push(piece);
    }
  }
  return { matched, rest: [...rest, ...pieces.slice(last)] };
}
