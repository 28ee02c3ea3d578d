import type { Host } from "../host/host.ts";
import { lookAtOwnProcesses } from "../host/own-processes.ts";
import { rhythm } from "../host/pace.ts";
import type { WorkReport } from "./guard-health.ts";

/** Milliseconds between two looks at Upkeep's own services. */
const every: number = rhythm(20_000);

/** The guard itself: it sees that by how it lives. */
const itself = "upkeep-watches";

/** Has the guard see what becomes of Upkeep's other services on this machine. */
export function watchProcesses(host: Host, report: WorkReport): { stop(): void } {
  const isNobody = () => false;
  let troubled: readonly string[] = [];
  const work = (name: string) => `Upkeep's service ${name}`;
  async function look(): Promise<void> {
    const all = (await lookAtOwnProcesses(host, () => [])).filter(({ name }) => name !== itself);
    const now = all.flatMap(({ name, trouble }) => (trouble === undefined ? [] : [{ name, trouble }]));
    for (const { name, trouble } of now) report(work(name), isNobody, trouble);
    // Also of one that is gone: it troubles nobody any longer.
    for (const name of troubled) if (!now.some((each) => each.name === name)) report(work(name), isNobody, undefined);
    troubled = now.map(({ name }) => name);
  }
  const lookAgain = () => void look().catch(() => {});
  const timer = setInterval(lookAgain, every);
  lookAgain();
  return { stop: () => clearInterval(timer) };
}
