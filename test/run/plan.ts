import { hash } from "node:crypto";
import type { LabRelease } from "../../lab/releases.ts";
import type { Suite } from "./suites.ts";

/** One suite on one release. */
export interface Job {
  readonly suite: Suite;
  readonly release: LabRelease;
}

/** `cluster on trixie` */
export const jobName = ({ suite, release }: Job): string => `${suite.name} on ${release.codename}`;

/** How long each job took last, in seconds, by its name. */
export type Durations = Readonly<Record<string, number>>;

/** A job that nobody has timed yet is begun early: it may be long. Seconds. */
const unknown = 100;

/** A number of its own for each suite, which stays the same when others come and go. */
const place = ({ name }: Suite): number => Number.parseInt(hash("sha256", name).slice(0, 8), 16);

/**
 * Which suites run on which releases, the longest first. `turn`: with each number the other half of the suites is on the
 * other release, so that two runs after each other have everything on both. With `onAll` every suite runs on every release.
 */
export function planJobs(
  suites: readonly Suite[],
  releases: readonly LabRelease[],
  { turn, onAll, durations }: { turn: number; onAll: boolean; durations: Durations },
): readonly Job[] {
  const jobs = suites.flatMap((suite) =>
    (onAll ? releases : [releases[(place(suite) + turn) % releases.length]!]).map((release) => ({ suite, release })),
  );
  const seconds = (job: Job) => durations[jobName(job)] ?? unknown;
  return jobs.sort((one, other) => seconds(other) - seconds(one) || jobName(one).localeCompare(jobName(other)));
}

/** How the machine and the run stand at a moment. */
export interface Standing {
  readonly running: readonly Job[];
  /** Share of the processors' time that nobody used just now, from 0 to 1. */
  readonly idle: number;
  readonly cores: number;
}

/** More at once would be hosts without end: each takes some 100 MB of memory. */
const most = 6;

/** From this share of idle time on there is room for one more. */
const room = 0.25;

/**
 * Whether another job may begin beside those that run: as many as there are cores always, and more as far as they wait and
 * leave the processors idle. What has to be alone is.
 */
export function mayBegin(job: Job, { running, idle, cores }: Standing): boolean {
  if (running.length === 0) return true;
  if (job.suite.isAlone || running.some(({ suite }) => suite.isAlone)) return false;
  return running.length < cores || (running.length < most && idle >= room);
}
