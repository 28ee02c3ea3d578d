import { doorHeaders, doorSocket } from "../daemons/doorkeeper.ts";
import { maintenanceDirectory } from "../daemons/maintenance.ts";
import { serveDoor } from "../host/doorkeeper.ts";
import type { Files } from "../host/files.ts";
import type { Host } from "../host/host.ts";
import { used } from "../kinds/maintenance/door.ts";

/** A name of ours: nothing in it leads elsewhere. */
const name = /^(?!\.)[a-z0-9_.-]{1,253}$/;
const token = /^[a-z0-9.-]{1,253}\.[0-9a-f]{6}\.(?<seconds>\d{1,12})\.[\w-]{43}$/;

/**
 * Exchanges a link for its cookie, once: whoever is first gives the file another name. `link`: what the server says that
 * has been asked for, `relaunch/shop.example.com/relaunch.5f0c1a.1795314012.azZj...`.
 */
export function exchangeLink(
  files: Pick<Files, "read" | "stat" | "rename">,
  now: number,
  link: string,
  scheme: string,
): string | undefined {
  const [maintenance = "", site = "", given = "", ...rest] = link.split("/");
  const seconds = Number(token.exec(given)?.groups?.seconds ?? 0);
  if (rest.length > 0 || !name.test(maintenance) || !name.test(site) || seconds * 1000 <= now) return undefined;
  const place = (kind: "doors" | "links", file: string) =>
    `${maintenanceDirectory}/${maintenance}/${kind}/${site}/${file}`;
  const path = place("doors", given);
  const cookie = files.read(path);
  const value = /^\w+=(?<value>[\w.-]+);/.exec(cookie ?? "")?.groups?.value;
  // One that lets nobody in any longer is not given away.
  if (value === undefined || !files.stat(place("links", value))) return undefined;
  try {
    files.rename(path, used(path));
  } catch {
    // Somebody was quicker.
    return undefined;
  }
  return `${cookie}${scheme === "https" ? "; Secure" : ""}`;
}

/** Keeps the door that servers knock at. Returns what closes it. */
export const keepDoor = ({ files, clock }: Pick<Host, "files" | "clock">): Promise<() => void> =>
  serveDoor(doorSocket, doorHeaders, (link, scheme) => exchangeLink(files, clock.now(), link, scheme));
