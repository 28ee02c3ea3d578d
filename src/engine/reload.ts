import { daemonNamed } from "../daemons/index.ts";
import type { Host } from "../host/host.ts";
import {
  enableAtBoot,
  readUnitsAgain,
  reloadDaemon,
  startDaemon,
  startService,
  stopDaemon,
  stopService,
} from "../host/services.ts";
import type { JournalEntry } from "../model/generation.ts";
import type { Change } from "../model/plan.ts";
import { effectsOf } from "./plan.ts";
import type { Allow } from "./preflight.ts";
import { tellAll } from "./tell.ts";

/** Brings what runs into line with what has been put in place: services first, then each daemon once. */
export async function reloadAll(
  host: Host,
  changes: readonly Change[],
  allow: Allow,
  onStep: (detail: string) => void,
): Promise<void> {
  if (touchesUnits(changes)) await readUnitsAgain(host);
  for (const { verb, item, detail } of changes) {
    if (item.type !== "service" || verb === "delete") continue;
    if (item.command) await startService(host, item);
    else {
      if (detail === "start") await startDaemon(host, daemonNamed(item.name), allow(item.name).openFiles);
      await enableAtBoot(host, item.name);
    }
  }
  for (const name of effectsOf(changes).reloads) {
    onStep(name);
    await reloadDaemon(host, daemonNamed(name), allow(name));
  }
  await tellAll(host, changes, effectsOf(changes).reloads);
  for (const { verb, item } of changes) if (item.type === "service" && verb === "delete") await stopService(host, item);
}

/** After the files have been taken back: what runs follows. Everything is tried, and what fails is returned. */
export async function reloadBack(
  host: Host,
  journal: readonly JournalEntry[],
  reloads: readonly string[],
  allow: Allow,
): Promise<string[]> {
  const troubles: string[] = [];
  const attempt = (work: Promise<void>) => work.catch((error: Error) => void troubles.push(error.message));
  const created = (entry: JournalEntry) => entry.verb === "create";
  const services = journal.flatMap((entry) => (entry.item.type === "service" ? [{ ...entry, item: entry.item }] : []));
  for (const { item } of services.filter(created)) {
    await attempt(item.command ? stopService(host, item) : stopDaemon(host, daemonNamed(item.name)));
  }
  if (touchesUnits(journal)) await readUnitsAgain(host);
  for (const { item } of services.filter((entry) => !created(entry) && entry.item.command))
    await attempt(startService(host, item));
  for (const name of reloads) await attempt(reloadDaemon(host, daemonNamed(name), allow(name)));
  await attempt(tellAll(host, journal, reloads));
  return troubles;
}

const touchesUnits = (changes: readonly Pick<Change, "item">[]): boolean =>
  changes.some(({ item }) => item.type === "file" && item.path.startsWith("/etc/systemd/"));
