import { join } from "node:path";
import { sharedLogDirectory } from "../daemons/log-splitter.ts";
import { type Split, splitLog, type Target } from "../host/split-log.ts";
import { watchDirectory } from "../host/watch-directory.ts";
import { kindNamed } from "../kinds/index.ts";
import type { ResourceRef } from "../model/resource.ts";
import { targetOf } from "./changes.ts";
import type { Upkeep } from "./upkeep.ts";

const logs = ["apache2-access.log", "nginx-access.log"];

/** Splits the logs that sites with `logs: shared` have in common into their own: what has come since the last time. */
export async function splitLogs(upkeep: Upkeep): Promise<Split> {
  const targetOf = targetFinder(upkeep);
  const splits: Split[] = [];
  for (const log of logs)
    splits.push(
      await splitLog(join(sharedLogDirectory, log), join(upkeep.stateDirectory, `split-${log}.json`), targetOf),
    );
  return splits.reduce((one, other) => ({ lines: one.lines + other.lines, unknown: one.unknown + other.unknown }));
}

/** Finds the log of the site that has a host name. */
function targetFinder(upkeep: Upkeep): (name: string) => Promise<Target | undefined> {
  const { ledger, look } = upkeep;
  const { groups } = look();
  const targets = new Map<string, Target | undefined>();
  return async (name) => {
    if (targets.has(name)) return targets.get(name);
    const owner = await ownerOf(upkeep, `host name ${name}`);
    const known = owner ? (ledger.applied(owner)?.known ?? []) : [];
    const [directory] = known.flatMap(({ item }) =>
      item.type === "directory" && item.path.endsWith("/log") ? [item] : [],
    );
    const target = directory && { path: `${directory.path}/access.log`, gid: groups.get(directory.group)?.gid ?? 0 };
    targets.set(name, target);
    return target;
  };
}

/** Who has claimed something; of a copy, whose share is small, that is worked out. */
async function ownerOf({ estate, copy }: Upkeep, claim: string): Promise<ResourceRef | undefined> {
  if (!copy) return (await estate.claimants([claim])).get(claim);
  return (await copy.list("Site"))
    .map(targetOf)
    .find(({ resource, unfit }) => unfit === undefined && kindNamed("Site")!.claims(resource!).includes(claim))?.ref;
}

/** Splits as lines come in, until the process is told to end. */
export async function followLogs(upkeep: Upkeep): Promise<void> {
  let wake = () => {};
  const stopWatching = watchDirectory(sharedLogDirectory, () => wake());
  const stop = new Promise<"stop">((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve("stop"));
  });
  try {
    for (;;) {
      const woken = new Promise<"woken">((resolve) => {
        wake = () => resolve("woken");
      });
      await splitLogs(upkeep);
      if ((await Promise.race([woken, stop])) === "stop") return;
      // A busy server writes all the time; a tenth of a second gathers what comes together.
      await upkeep.host.clock.pause(100);
    }
  } finally {
    stopWatching();
  }
}
