import type { PoolConfig } from "../../model/pool.ts";

/** What is known of one address, from one host. Times in milliseconds since 1970. */
export interface Standing {
  readonly isUp: boolean;
  readonly since: number;
  /** Results in a row that say otherwise. */
  readonly against: number;
  /** When it changed lately, in order. */
  readonly changes: readonly number[];
  /** The last result that was bad. */
  readonly lastBad: number;
}

/** Until somebody has looked, it is as it was published. */
export const unlooked = (isUp: boolean, now: number): Standing => ({
  isUp,
  since: now,
  against: 0,
  changes: [],
  lastBad: Number.NEGATIVE_INFINITY,
});

type Limits = Pick<PoolConfig, "rise" | "fall" | "damping">;

/**
 * Takes the result of a check: `rise` good ones in a row make an address up, `fall` bad ones down. One that has changed
 * too often comes back only when nothing bad has been seen of it for as long as that took.
 */
export function advance(before: Standing, isGood: boolean, now: number, { rise, fall, damping }: Limits): Standing {
  const lastBad = isGood ? before.lastBad : now;
  if (isGood === before.isUp) return { ...before, against: 0, lastBad };
  const against = before.against + 1;
  const changes = before.changes.filter((at) => at > now - damping.within);
  const isFlapping = isGood && changes.length >= damping.changes && lastBad > now - damping.within;
  if (against < (isGood ? rise : fall) || isFlapping) return { ...before, against, changes, lastBad };
  return { isUp: isGood, since: now, against: 0, changes: [...changes, now], lastBad };
}
