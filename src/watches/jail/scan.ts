import { isAscii } from "node:buffer";
import type { Found, Line, Matcher, Verdict } from "./filter/matcher.ts";
import { isPlain } from "./regex/expression.ts";
import { inTime } from "./regex/linear.ts";

/** Goes through a log as it comes. */
export interface Scanner {
  /** Lines that have ended so far. */
  readonly lines: number;
  /** Bytes of the line that has not ended yet. */
  readonly unfinished: number;
  write(chunk: Buffer): void;
  /** Takes what has no newline at its end for a line as well. */
  end(): void;
}

export interface Known {
  readonly number: number;
  readonly text: string;
  /** `undefined`: it took too long to find out. */
  readonly verdict: Verdict | undefined;
}

interface Place {
  readonly begin: number;
  readonly end: number;
  readonly number: number;
}

/** Of a line that is longer, only so much is looked at. Bytes. */
const longest = 1 << 14;

/** What one line may take, and after how long it is looked whether it is one line that takes so long. Milliseconds. */
const [mostForLine, patience] = [30, 60];

/**
 * Finds the lines of a log that a filter knows, and tells each with its number. Lines without any of the filter's needles
 * are never looked at by themselves: the chunk as a whole is searched for the next one.
 */
export function openScanner(matcher: Matcher, tell: (known: Known) => void): Scanner {
  // A log is bytes; each is a character here, until somebody wants to read it.
  const needles = matcher.needles?.map((needle) => Buffer.from(needle).toString("latin1"));
  let rest = "";
  let unfinished = 0;
  let lines = 0;

  /** Whole lines, each with its newline. */
  function scan(text: string, areAllPlain: boolean) {
    for (const part of partsOf(text)) {
      const all = part.map(({ begin, end }) => readable(text.slice(begin, end), areAllPlain));
      const found = searched(all);
      for (const [index, { number }] of part.entries()) {
        const each = found[index];
        const verdict = each && matcher.take(each);
        if (verdict?.is !== "unknown") tell({ number, text: all[index]!.text, verdict });
      }
    }
  }

  /** Where lines are that may be known to the filter, as many at a time as it may search together. */
  function* partsOf(text: string): Generator<Place[]> {
    const next = needles?.map((needle) => text.indexOf(needle));
    let part: Place[] = [];
    let done = 0;
    const find = (): number => {
      if (!next) return done < text.length ? done : -1;
      let first = -1;
      for (let index = 0; index < next.length; index++) {
        let at = next[index]!;
        if (at >= 0 && at < done) {
          at = text.indexOf(needles![index]!, done);
          next[index] = at;
        }
        if (at >= 0 && (first < 0 || at < first)) first = at;
      }
      return first;
    };
    for (let at = find(); at >= 0; at = find()) {
      const begin = next ? text.lastIndexOf("\n", at) + 1 : at;
      const end = text.indexOf("\n", at);
      lines += newlines(text, done, begin) + 1;
      done = end + 1;
      part.push({ begin, end, number: lines });
      if (part.length < matcher.together) continue;
      yield part;
      part = [];
    }
    if (part.length > 0) yield part;
    lines += newlines(text, done, text.length);
  }

  /** What is in each of these lines; `undefined` where that takes too long. */
  function searched(all: readonly Line[]): (Found | undefined)[] {
    const found: (Found | undefined)[] = [];
    const one = () => {
      found[found.length] = matcher.search(all[found.length]!);
    };
    const rest = () => {
      while (found.length < all.length) one();
    };
    if (!matcher.isSlow) rest();
    // It may have been many lines, each of which took a little.
    else
      while (!inTime(rest, patience)) if (found.length < all.length && !inTime(one, mostForLine)) found.push(undefined);
    return found;
  }

  return {
    get lines() {
      return lines;
    },
    get unfinished() {
      return unfinished;
    },
    write(chunk) {
      const text = chunk.toString("latin1");
      const last = text.lastIndexOf("\n");
      if (last < 0) {
        // Of a line without an end no more is kept than is looked at.
        unfinished += text.length;
        if (rest.length < longest) rest = (rest + text).slice(0, longest);
        return;
      }
      const first = rest === "" ? 0 : text.indexOf("\n") + 1;
      if (first > 0) scan(rest + text.slice(0, first), false);
      scan(text.slice(first, last + 1), isAscii(chunk) && !chunk.includes(13));
      unfinished = text.length - last - 1;
      rest = text.slice(last + 1, last + 1 + longest);
    },
    end() {
      if (rest !== "") scan(`${rest}\n`, false);
      rest = "";
      unfinished = 0;
    },
  };
}

function readable(raw: string, areAllPlain: boolean): { readonly text: string; readonly isPlain: boolean } {
  const line = !areAllPlain && raw.endsWith("\r") ? raw.slice(0, -1) : raw;
  const short = line.length > longest ? line.slice(0, longest) : line;
  const plain = areAllPlain || isPlain(short);
  return { text: plain ? short : Buffer.from(short, "latin1").toString("utf8"), isPlain: plain };
}

function newlines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf("\n", from); at >= 0 && at < to; at = text.indexOf("\n", at + 1)) count++;
  return count;
}
