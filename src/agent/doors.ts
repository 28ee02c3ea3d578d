import { doorAccount, doorSocket } from "../daemons/doorkeeper.ts";
import { type Host, until } from "../host/host.ts";
import { doorOf, used } from "../kinds/maintenance/door.ts";
import { layOut } from "../kinds/maintenance/layout.ts";
import type { MaintenanceSpec } from "../kinds/maintenance/schema.ts";
import type { MaintenanceLink } from "../model/facts.ts";
import type { Resource } from "../model/resource.ts";
import { targetOf } from "./changes.ts";
import { maintenanceNamed } from "./maintenance.ts";
import { issuedLinks } from "./maintenance-links.ts";
import type { Upkeep } from "./upkeep.ts";

/** Milliseconds that a doorkeeper may take to start. */
const patience = 5_000;

const isKept =
  ({ files }: Host) =>
  (): boolean =>
    ((files.stat(doorSocket)?.mode ?? 0) & 0o002) !== 0;

/** Makes links good whose cookies let in already; one that has been used stays so. */
export async function openDoors(upkeep: Upkeep, links: readonly MaintenanceLink[]): Promise<void> {
  const { host } = upkeep;
  const { groups } = upkeep.look();
  const doors = await doorsOf(upkeep, links);
  // Whoever is told of a link may use it at once.
  if (doors.some(({ readableFor }) => readableFor === doorAccount)) await until(host.clock, patience, isKept(host));
  for (const { path, content, readableFor } of doors) {
    if (host.files.stat(path) || host.files.stat(used(path))) continue;
    host.files.create(path, content, { uid: 0, gid: groups.get(readableFor)?.gid ?? 0, mode: 0o640 });
  }
}

/** A link has been used elsewhere: it is good for nothing here either. */
export async function closeDoor(upkeep: Upkeep, token: string): Promise<void> {
  const { files } = upkeep.host;
  const links = issuedLinks(upkeep.ledger).filter((link) => link.token === token);
  for (const { path } of await doorsOf(upkeep, links)) if (files.stat(path)) files.rename(path, used(path));
}

/** The files of links that are on this host's list, with what each link is. */
export async function doorsOf(upkeep: Upkeep, links: readonly MaintenanceLink[]) {
  const facts = upkeep.look();
  const doors = [];
  for (const link of links) {
    const { resource } = targetOf(await maintenanceNamed(upkeep, link.maintenance));
    doors.push({ ...doorOf(layOut(resource as Resource<MaintenanceSpec>, facts), link), link });
  }
  return doors;
}
