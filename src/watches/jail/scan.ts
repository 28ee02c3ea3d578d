import { isAscii } from "node:buffer";
import type { Matcher, Verdict } from "./filter/matcher.ts";
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

/** Of a line that is longer, only so much is looked at. Bytes. */
const longest = 1 << 14;

/** What one line may take, and after how long somebody looks whether it is one that takes it. Milliseconds. */
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
    const next = needles?.map((needle) => text.indexOf(needle));
    /** Everything before this has been looked at, and counted. */
    let done = 0;
    let current: { readonly begin: number; readonly end: number; readonly since: number } | undefined;

    const finish = (known?: Known) => {
      done = current!.end + 1;
      current = undefined;
      if (known) tell(known);
    };
    const find = (): number => {
      if (!next) return done < text.length ? done : -1;
      let found = -1;
      for (let index = 0; index < next.length; index++) {
        let at = next[index]!;
        if (at >= 0 && at < done) {
          at = text.indexOf(needles![index]!, done);
          next[index] = at;
        }
        if (at >= 0 && (found < 0 || at < found)) found = at;
      }
      return found;
    };
    const work = () => {
      for (let found = find(); found >= 0; found = find()) {
        if (!current) {
          const begin = next ? text.lastIndexOf("\n", found) + 1 : found;
          lines += newlines(text, done, begin) + 1;
          done = begin;
          current = { begin, end: text.indexOf("\n", found), since: performance.now() };
        }
        const line = readable(text.slice(current.begin, current.end), areAllPlain);
        const verdict = matcher.judge(line);
        finish(verdict.is === "unknown" ? undefined : { number: lines, text: line.text, verdict });
      }
    };

    while (!inTime(work, patience)) {
      if (!current || performance.now() - current.since < mostForLine) continue;
      const { text: line } = readable(text.slice(current.begin, current.end), areAllPlain);
      finish({ number: lines, text: line, verdict: undefined });
    }
    lines += newlines(text, done, text.length);
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
