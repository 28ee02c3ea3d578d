/*
 * When addresses are asked. Each has a moment of its own in every turn. Whoever is late once (the machine was busy) is asked
 * next when its own moment comes again, not so much later than this time: otherwise all that were late together would be
 * asked together from then on, be late for that, and draw in others.
 */

/** Checks do not all come at the same moment: each waits up to this part of its time less, another one each time. */
const jitter = 0.05;

/** At first all are asked quickly, since nobody knows anything yet. Milliseconds. */
const firstWithin = 1_000;

/** Moments at which to ask an address, never more than `every` apart unless `now` is already later. Milliseconds. */
export interface Turns {
  readonly first: number;
  /** The one after `now`. */
  next(now: number): number;
}

export function turnsOf(every: number, now: number, random: () => number): Turns {
  const slack = (every * jitter) / 2;
  const period = every - slack;
  const first = now + random() * Math.min(every, firstWithin);
  let turn = first + random() * period;
  return {
    first,
    next(after) {
      if (turn <= after) turn += period * (Math.floor((after - turn) / period) + 1);
      return turn + random() * slack;
    },
  };
}
