import type { Health } from "./health.ts";

/*
 * Whether the process that looks is well, judged by how it has lived. One that was killed once and is there again at once is a
 * line in a log; one that ends again and again does not look, however often and however seldom it is started.
 */

/** How one of its lives has ended. */
export interface End {
  readonly at: number;
  readonly why: string;
  /** For how long it had looked, in milliseconds, until it ended or hung; nothing: it never said that it does. */
  readonly looked?: number;
  /** It did not end by itself: it hung. */
  readonly hung?: true;
}

export interface ReaderLife {
  /** The latest last. */
  readonly ends: readonly End[];
  readonly startedAt: number;
  /** When it said in this life that it looks. */
  readonly spokeAt: number | undefined;
  /** When it gave its last sign of life. */
  readonly signAt: number;
  /** It runs and does nothing: since when, and how that was seen. */
  readonly hang?: { readonly since: number; readonly why: string };
}

/** So many short lives one after the other are no accident. */
const manyEnds = 3;

/**
 * One that has looked for so long lives on. Milliseconds. Lives are counted, not ends in some time: how long it waits until it
 * is started again is a rhythm, and grows.
 */
export const longLife = 10_000;

/** So many lives without a word say that the next will be one, too. */
const wordless = 2;

/** No more of them are kept than are looked at. */
export const endsKept = manyEnds;

export function healthOfReader({ ends, startedAt, spokeAt, signAt, hang }: ReaderLife): Health {
  if (hang) return { is: "failed", ...hang };
  const last = ends.at(-1);
  const short = sinceLast(ends, ({ looked }) => looked !== undefined && looked >= longLife);
  const dumb = sinceLast(ends, ({ looked }) => looked !== undefined);
  // What it does not answer to may be a time in which it hangs already.
  const lives = spokeAt !== undefined && signAt - spokeAt >= longLife;
  if (last && short.length >= manyEnds && !lives)
    return { is: "failed", since: short[0]!.at, why: `ends again and again: ${last.why}` };
  // What one hung at, the next one comes to as well, until it is seen that it does not.
  if (last?.hung && !lives)
    return { is: "failed", since: last.at, why: `has hung and was ended: ${last.why}`, mayBeOver: true };
  if (spokeAt !== undefined) return { is: "well", since: spokeAt };
  if (last && dumb.length >= wordless)
    return { is: "failed", since: dumb[0]!.at, why: `ends before it says a word, again and again: ${last.why}` };
  return { is: "awaited", since: startedAt };
}

/** Ends after the last one that is so. */
const sinceLast = (ends: readonly End[], isSo: (end: End) => boolean): readonly End[] =>
  ends.slice(ends.findLastIndex(isSo) + 1);
