import { doorNeed } from "../daemons/doorkeeper.ts";
import type { Ledger } from "../engine/ledger.ts";
import { isBase } from "../engine/render.ts";
import type { Host } from "../host/host.ts";
import { lookAtOwnProcesses, type OwnProcess, type OwnProcesses } from "../host/own-processes.ts";
import type { RecordHealth } from "../model/health.ts";
import type { ResourceRef } from "../model/resource.ts";
import { watchedDirectories, watchedRef } from "../model/watched.ts";
import { askHealth, guardService } from "./asking-guard.ts";

/** How that fares on this machine which Upkeep does all the time. */
export interface HealthHere {
  readonly records: readonly RecordHealth[];
  readonly processes: OwnProcesses;
}

/** Milliseconds that a guard that is just being started may take to answer, and between two times at which it is asked. */
const [startPatience, pause] = [10_000, 50] as const;

const nobody: OwnProcesses = { all: [] };

/** Asks the guard, and of what does not answer, the service manager. */
export async function lookAtHealth(host: Host, ledger: Pick<Ledger, "overview" | "needing">): Promise<HealthHere> {
  const [asked, processes] = await Promise.all([askHealth(host), lookAtOwnProcesses(host, () => servicesIn(ledger))]);
  const stated = statedHere(host);
  const guard = processes.all.find(({ name }) => name === guardService);
  const watched =
    asked ??
    (stated.length > 0
      ? ((guard?.trouble === undefined ? await awaitHealth(host) : undefined) ?? dead(stated, guard, host))
      : []);
  return { records: [...watched, ...dependants(processes.all, ledger, host)], processes };
}

/** The same of records alone: the service manager is asked only where a record may live by it. */
export async function lookAtRecords(
  host: Host,
  ledger: Pick<Ledger, "overview" | "needing" | "needs">,
): Promise<HealthHere> {
  const needs = ledger.needs();
  const asked = await askHealth(host);
  const isWhole = asked !== undefined || statedHere(host).length === 0;
  const isAlone = !lives.some((each) => each.needs.some((need) => needs.has(need)));
  return isWhole && isAlone ? { records: asked ?? [], processes: nobody } : lookAtHealth(host, ledger);
}

/** Its door may also be there because one that was killed has left it behind. */
async function awaitHealth(host: Host): Promise<readonly RecordHealth[] | undefined> {
  const deadline = host.clock.now() + startPatience;
  for (;;) {
    const asked = await askHealth(host);
    if (asked || host.clock.now() >= deadline) return asked;
    await host.clock.pause(pause);
  }
}

/** Watched records whose configuration is in place. */
const statedHere = ({ files }: Pick<Host, "files">): readonly ResourceRef[] =>
  watchedDirectories.flatMap((directory) =>
    files.list(directory).flatMap((name) => watchedRef(`${directory}/${name}`) ?? []),
  );

/** Nobody can be asked: nothing of it is done. */
function dead(stated: readonly ResourceRef[], guard: OwnProcess | undefined, { clock }: Host): readonly RecordHealth[] {
  const trouble = guard ? (guard.trouble ?? "does not answer") : "does not run";
  const why = `what watches this machine (${guardService}) ${trouble}`;
  return stated.map((ref) => ({ ref, health: { is: "failed", since: clock.now(), why } }));
}

/** Which resources live by a service, and what of theirs does not work without it. */
const lives: readonly { readonly service: string; readonly needs: readonly string[]; readonly lacks: string }[] = [
  { service: "upkeep-door", needs: [doorNeed], lacks: "links into it let nobody in" },
  { service: "upkeep-logs", needs: ["apache2 shared", "nginx shared"], lacks: "its access log is not written" },
];

const dependants = (
  processes: readonly OwnProcess[],
  ledger: Pick<Ledger, "needing">,
  { clock }: Host,
): RecordHealth[] =>
  lives.flatMap(({ service, needs, lacks }) => {
    const trouble = processes.find(({ name }) => name === service)?.trouble;
    if (trouble === undefined) return [];
    const why = `${lacks}: ${service} ${trouble}`;
    return ledger
      .needing(needs)
      .filter((ref) => !isBase(ref))
      .map((ref) => ({ ref, health: { is: "failed", since: clock.now(), why } as const }));
  });

/** Services that what is live here keeps running. */
const servicesIn = (ledger: Pick<Ledger, "overview">): readonly string[] => [
  ...new Set(
    [...ledger.overview()]
      .filter(({ ref }) => isBase(ref))
      .flatMap(({ known }) => known)
      .flatMap(({ item }) =>
        item.type === "service" && item.command && item.name.startsWith("upkeep-") ? [item.name] : [],
      ),
  ),
];
