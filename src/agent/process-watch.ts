import type { Host } from "../host/host.ts";
import { lookAtOwnProcesses } from "../host/own-processes.ts";
import { rhythm } from "../host/pace.ts";
import type { WorkReport } from "./guard-health.ts";

/** Milliseconds between two looks at Upkeep's own services. */
const every: number = rhythm(20_000);

/** The guard itself: it sees that by how it lives. */
const itself = "upkeep-watches";

const isNobody = () => false;

/** Has the guard see what becomes of Upkeep's other services on this machine. */
export function watchProcesses(host: Host, report: WorkReport): { stop(): void } {
  const look = lookerAt(host, report);
  const lookAgain = () => void look().catch(() => {});
  const timer = setInterval(lookAgain, every);
  lookAgain();
  return { stop: () => clearInterval(timer) };
}

/** Looks once. What is seen for the first time may be one that somebody is just starting anew. */
export function lookerAt(host: Host, report: WorkReport): () => Promise<void> {
  /** What was found at the last look, by what it is. */
  let found: ReadonlyMap<string, string> = new Map();
  return async () => {
    const before = found;
    const { all, unknown } = await lookAtOwnProcesses(host, () => []);
    const troubles = all.flatMap(({ name, trouble }) =>
      trouble === undefined || name === itself ? [] : [[`Upkeep's service ${name}`, trouble] as const],
    );
    // Of those that cannot be asked about, it stays as it was.
    found = new Map(unknown === undefined ? troubles : [...before, ["Upkeep's own services", unknown]]);
    for (const [what, why] of found) if (before.has(what)) report(what, isNobody, why);
    // Also of one that is gone: it troubles nobody any longer.
    for (const what of before.keys()) if (!found.has(what)) report(what, isNobody, undefined);
  };
}
