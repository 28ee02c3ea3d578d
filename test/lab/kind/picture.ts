import { hash } from "node:crypto";
import { type BigIntStats, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import type { TestHost } from "../../../lab/lab.ts";

/** What a host is made of, each thing by its name with a text that differs when it does. */
export type Picture = ReadonlyMap<string, string>;

/** Where things are that stay when what made them goes. */
const roots = [
  "/etc",
  "/usr/local",
  "/var/lib",
  "/home",
  "/opt",
  "/root",
  "/srv",
  "/var/spool/cron",
  // With those in /etc, all that says which units there are and which of them are enabled.
  "/run/systemd/system",
] as const;

/** Upkeep's own memory, and what Debian's own programs write while they run. */
const unlooked = [
  /^\/var\/lib\/upkeep(-watch)?(\/|$)/,
  /^\/opt\/upkeep(\/|$)/,
  /^\/var\/lib\/(systemd|private|dbus|nginx|logrotate|ucf|polkit-1)(\/|$)/,
  /^\/etc\/(machine-id|ld\.so\.cache|\.pwd\.lock|\.updated|mtab|resolv\.conf)$/,
  // What shadow's programs and systemd-sysusers leave beside the lists.
  /^\/etc\/(passwd|group|shadow|gshadow|subuid|subgid)-$/,
  // They grow with every visit.
  /^\/home\/[^/]+\/[^/]+\/log\//,
  /^\/root\/(\.cache|refused\.yaml)(\/|$)/,
];

/** Lists of which the lines count, not their order. */
const accounts = ["passwd", "group", "shadow", "gshadow", "subuid", "subgid"].map((name) => `/etc/${name}`);

/** Files, accounts, units and the packet filter. */
export async function pictureOf(host: TestHost): Promise<Picture> {
  const picture = new Map<string, string>();
  for (const root of roots) addFiles(picture, host, root);
  for (const list of accounts)
    for (const line of readFileSync(host.path(list), "utf8").split("\n").filter(Boolean))
      picture.set(`${list.slice("/etc/".length)} ${line.split(":")[0]}`, line);
  const kinds = "--type=service,socket,timer,path,mount";
  const plain = ["--no-legend", "--plain", "--no-pager"] as const;
  const active = await host.must("systemctl", "list-units", "--state=active", kinds, ...plain);
  for (const line of active.split("\n").filter(Boolean)) {
    const [unit = ""] = line.split(/\s+/);
    if (!isPassing(unit)) picture.set(`unit ${unit}`, "active");
  }
  for (const table of (await host.must("nft", "--stateless", "list", "ruleset")).split(/^(?=table )/m).filter(Boolean))
    picture.set(table.slice(0, table.indexOf(" {")), table);
  return picture;
}

/** Units that come and go by themselves: sessions, what timers and sockets start for a moment, and what a first boot does. */
const isPassing = (unit: string): boolean =>
  /^(session-|user[@-]|run-|systemd-|apt-|dpkg-|logrotate|e2scrub|fstrim|ldconfig|getty@|console-getty)/.test(unit);

function addFiles(picture: Map<string, string>, host: TestHost, path: string): void {
  if (unlooked.some((each) => each.test(path))) return;
  const outside = host.path(path);
  const status = lstatSync(outside, { throwIfNoEntry: false, bigint: true });
  if (!status || accounts.includes(path)) return;
  const { mode, uid, gid } = status;
  const owned = `${(mode & 0o7777n).toString(8)} ${uid}:${gid}`;
  if (status.isDirectory()) {
    picture.set(path, `directory ${owned}`);
    for (const name of readdirSync(outside)) addFiles(picture, host, join(path, name));
  } else if (status.isSymbolicLink()) picture.set(path, `link to ${readlinkSync(outside)}`);
  else if (status.isFile()) picture.set(path, `file ${owned} ${digestOf(outside, status)}`);
  else picture.set(path, `special ${owned}`);
}

/** What files hold, by what no write leaves as it was. */
const digests = new Map<string, string>();

function digestOf(path: string, { dev, ino, ctimeNs, size }: BigIntStats): string {
  const state = [dev, ino, ctimeNs, size].join(" ");
  const digest = digests.get(state) ?? hash("sha256", readFileSync(path));
  digests.set(state, digest);
  return digest;
}

/** What differs between two pictures: the name, what it was and what it is. Nothing, where they are the same. */
export function differences(
  before: Picture,
  after: Picture,
  allowed: readonly RegExp[] = [],
): Readonly<Record<string, readonly [before: string, after: string]>> {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return Object.fromEntries(
    names
      .filter((name) => before.get(name) !== after.get(name) && !allowed.some((each) => each.test(name)))
      .map((name) => [name, [before.get(name) ?? "not there", after.get(name) ?? "not there"]]),
  );
}
