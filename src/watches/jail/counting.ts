/** How many failures make a ban, and how long that lasts. Times in milliseconds. */
export interface Limits {
  readonly maxRetry: number;
  readonly findTime: number;
  readonly banTime: number;
  /** Each further ban of the same lasts so many times as long as the one before, up to the longest. */
  readonly growth: number;
  readonly longest: number;
}

/** What one has done within the time that counts. */
export interface Standing {
  /** When it failed, in order; no more than `maxRetry` of them. */
  failures: number[];
  /** Bans so far, and until when they are remembered. */
  bans: number;
  bannedUntil: number;
}

export interface Ban {
  readonly since: number;
  readonly until: number;
  /** The how many-th it is. */
  readonly number: number;
}

/** So long after a ban has ended, the next one is a first one again; times the ban's own length. */
const memory = 10;

/** Whoever has failed at most so often is not worth remembering for longer. */
export const isOver = ({ failures, bannedUntil, bans }: Standing, now: number, limits: Limits): boolean =>
  (failures.at(-1) ?? Number.NEGATIVE_INFINITY) <= now - limits.findTime &&
  (bans === 0 || now >= bannedUntil + memory * lengthOf(bans, limits));

export const fresh = (): Standing => ({ failures: [], bans: 0, bannedUntil: 0 });

/**
 * Counts a failure. Times may come out of order and twice; what is too old does not count, and who is banned already is not
 * banned again.
 */
export function count(standing: Standing, at: number, now: number, limits: Limits): Ban | undefined {
  // A ban that would last longer than any is from before somebody set the clock back.
  if (now < standing.bannedUntil && standing.bannedUntil <= now + longestOf(limits)) return undefined;
  const oldest = now - limits.findTime;
  if (at <= oldest) return undefined;
  const moment = Math.min(at, now);
  const failures = standing.failures.filter((each) => each > oldest && each <= now);
  const place = failures.findLastIndex((each) => each <= moment) + 1;
  failures.splice(place, 0, moment);
  standing.failures = failures;
  if (failures.length < limits.maxRetry) return undefined;
  if (standing.bans > 0 && now >= standing.bannedUntil + memory * lengthOf(standing.bans, limits)) standing.bans = 0;
  standing.failures = [];
  standing.bans++;
  standing.bannedUntil = now + lengthOf(standing.bans, limits);
  return { since: now, until: standing.bannedUntil, number: standing.bans };
}

/** How long the how many-th ban lasts. */
export const lengthOf = (bans: number, limits: Limits): number =>
  Math.min(longestOf(limits), limits.banTime * limits.growth ** Math.max(0, bans - 1));

const longestOf = ({ banTime, longest }: Limits): number => Math.max(banTime, longest);
