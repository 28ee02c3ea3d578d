import { daemons } from "../daemons/index.ts";
import { lookAtMachine } from "../host/machine.ts";
import type { Machine } from "../model/machine.ts";
import { UserError } from "../model/problem.ts";
import { releaseName } from "../model/release.ts";
import type { ChangedSince } from "../model/report.ts";
import type { ResourceRef } from "../model/resource.ts";
import type { Upkeep } from "./upkeep.ts";

/** What the packages of those are called that are not called as their daemon is. */
const packageOf: Readonly<Record<string, string>> = { ssh: "openssh-server", named: "bind9" };

/** So many generations are told; older ones are asked for on the host. */
const most = 30;

/** This host, for a person who looks at it from elsewhere. */
export function describeMachine({ look, ledger }: Upkeep): Machine {
  const { os, init, packages, running, settings } = look();
  const { kernel, ...machine } = lookAtMachine(["/", settings.sites.directory, "/var", "/var/log", "/srv", "/home"]);
  return {
    system: `${releaseName(os)}, Linux ${kernel}`,
    init,
    ...machine,
    daemons: daemons
      .map(({ name }) => ({ name, version: packages.get(packageOf[name] ?? name), running: running.has(name) }))
      .filter(({ version, running: isRunning }) => version !== undefined || isRunning)
      .map(({ version, ...daemon }) => ({ ...daemon, ...(version !== undefined && { version }) })),
    generations: ledger.generations(most).map(({ number, at, state, cause, summary }) => ({
      number,
      at,
      state,
      cause,
      summary,
    })),
  };
}

/** What has changed here after a generation, each with the first of the estate's changes that did it. */
export function changedSince({ ledger }: Pick<Upkeep, "ledger">, generation: number): ChangedSince {
  const [latest] = ledger.generations(1);
  if (!Number.isInteger(generation) || generation < 0 || generation > (latest?.number ?? 0))
    throw new UserError(`this host has no generation ${generation}`);
  const first = new Map<ResourceRef, number>();
  // Newest first: the oldest has the last word.
  for (const { number, state, resources } of ledger.generations((latest?.number ?? 0) - generation)) {
    if (state !== "live" || number <= generation) continue;
    for (const { ref, before, after, sequence } of resources) {
      // Carried out anew, by another version or where something was missing.
      if (JSON.stringify(before) === JSON.stringify(after)) continue;
      if (sequence === undefined)
        throw new UserError(
          `generation ${number} does not say which changes it carried out: it is of an older Upkeep, or the host was by itself then. Go back by a change: \`upkeep history\``,
        );
      first.set(ref, sequence);
    }
  }
  return { changed: [...first].map(([ref, sequence]) => ({ ref, sequence })) };
}
