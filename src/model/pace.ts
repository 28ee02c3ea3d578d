/*
 * How long something waits is of one of two families, told apart by name.
 *
 * A *rhythm* is ours to choose: how often something is looked at, told or tried again, and how long silence lasts before
 * something is done about it. In a lab nobody wants to wait for that, so a lab divides all rhythms by one number, its pace;
 * what belongs together keeps its ratio.
 *
 * *Patience* is how long something real may take before we give up: a daemon's reload, a database, the other end of a
 * network. It is never divided, for a lab's machine is slower than others, not faster. Constants called `patience`, and
 * timeouts, are plain numbers.
 *
 * Neither: what a protocol says, what records say, what is written down, and all that security counts in.
 */

/** The quickest that a lab may be. */
export const mostPace = 20;

/** Milliseconds below which no rhythm goes that is not as quick by itself: it would only keep the machine busy. */
export const shortestRhythm = 100;

/** What a text says of the pace. What is no number from 1 to {@link mostPace} is 1: as it is everywhere but in labs. */
export function paceFrom(text: string | undefined): number {
  const pace = /^\d+(\.\d+)?$/.test(text ?? "") ? Number(text) : 1;
  return pace >= 1 && pace <= mostPace ? pace : 1;
}

/** A rhythm at a pace, in whole milliseconds: `atPace(20_000, 5)` is 4,000. */
export const atPace = (milliseconds: number, pace: number): number =>
  Math.max(Math.min(milliseconds, shortestRhythm), Math.round(milliseconds / pace));
