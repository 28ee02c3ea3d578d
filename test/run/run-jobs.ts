import { availableParallelism } from "node:os";
import { setTimeout } from "node:timers/promises";
import { idleness } from "./idle.ts";
import { type Job, mayBegin } from "./plan.ts";
import { type Outcome, runJob } from "./run-job.ts";

/** Milliseconds in which a suite that has begun boots its hosts: only then it is seen how busy it keeps the machine. */
const settling = 6_000;

/** Runs jobs beside each other, as far as they wait; what has to be alone last. Hears each outcome as it comes. */
export async function runJobs(
  jobs: readonly Job[],
  heard: (outcome: Outcome, left: number) => void,
): Promise<readonly Outcome[]> {
  const waiting = [...jobs].sort((one, other) => Number(one.suite.isAlone) - Number(other.suite.isAlone));
  const running = new Set<Job>();
  const outcomes: Outcome[] = [];
  const cores = availableParallelism();
  const idleSince = idleness();
  let ended = Promise.withResolvers<void>();
  const begin = async (job: Job) => {
    running.add(job);
    const outcome = await runJob(job, 1);
    running.delete(job);
    outcomes.push(outcome);
    heard(outcome, waiting.length + running.size);
    ended.resolve();
  };
  while (waiting.length > 0 || running.size > 0) {
    ended = Promise.withResolvers();
    const standing = { running: [...running], idle: idleSince(), cores };
    const next = waiting.findIndex((job) => mayBegin(job, standing));
    if (next >= 0) void begin(waiting.splice(next, 1)[0]!);
    // Cores are filled at once; what comes beyond them waits until it is seen what they do.
    if (next >= 0 && running.size < cores) continue;
    await Promise.race([ended.promise, setTimeout(settling)]);
  }
  return outcomes;
}
