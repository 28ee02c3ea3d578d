import type { Daemon, Needs } from "../../model/daemon.ts";
import type { Facts } from "../../model/facts.ts";
import type { DirectoryItem, Item } from "../../model/item.ts";
import { nextSerial, styleOf } from "../../model/serial.ts";
import { guest } from "../guest.ts";
import { ownDirectory } from "../system-items.ts";
import { adoptZone, authorityIn } from "./zone-file.ts";

const name = "named";

/** Below Debian's own directory, where AppArmor lets BIND read. */
const directory = "/etc/bind/upkeep";

/** The SOA record of a zone, and the records of a pool in it; whoever publishes pools writes them. */
export const authorityFile = (zone: string): string => `${directory}/${zone}/soa`;
export const recordsFile = (zone: string, pool: string): string => `${directory}/${zone}/${pool}/records`;
export const bindDirectory = directory;

/** How a pool tells its zone which names are its. */
export const poolNeed = (zone: string, pool: string, records: readonly string[]): string =>
  `${name} pool ${zone} ${pool} ${[...records].sort().join(",")}`;

/** Whether pools are published in zones of this host. */
export const publishesPools = (needs: Needs): boolean =>
  [...needs.keys()].some((need) => need.startsWith(`${name} pool `));

/** For BIND to read, and for us alone to write. */
export const bindDirectoryItem = (path: string, seed?: Readonly<Record<string, string>>): DirectoryItem => ({
  ...ownDirectory(path),
  group: "bind",
  goesWithContents: true,
  ...(seed && { seed }),
});

/** BIND 9 as Debian and Ubuntu package it. Upkeep manages pools of addresses in it, and nothing else. */
export const bind: Daemon = {
  ...guest,
  name,
  pidFile: "/run/named/named.pid",
  check: ["named-checkconf", "-z"],
  reload: { unit: name, process: "named", command: ["rndc", "reload"] },
  errorLog: "/var/log/syslog",
  /** `/etc/bind/db.example.com:7: unknown RR type 'B'`, or `zone example.com/IN: loading from master file ... failed` */
  blame(output) {
    const lines = output.split("\n").filter((line) => !/^zone \S+\/IN: loaded serial/.test(line));
    const message = lines.join("\n").trim().slice(0, 2000);
    const place = /(?:^|\s)(?<file>\/[^\s:]+):(?<line>\d+):/.exec(message)?.groups;
    return place ? { file: place.file!, line: Number(place.line), message } : { message };
  },
  base,
};

/** Each zone with pools reads in its SOA and their records; what stood there is put aside. */
function base(needs: Needs, facts: Facts): readonly Item[] {
  const pools = [...needs.keys()].flatMap((need) => {
    const { zone, pool, records } = /^named pool (?<zone>\S+) (?<pool>\S+) (?<records>\S+)$/.exec(need)?.groups ?? {};
    return zone && pool && records ? [{ zone, pool, records: records.split(",") }] : [];
  });
  if (pools.length === 0) return [];
  return [
    bindDirectoryItem(directory),
    ...[...Map.groupBy(pools, ({ zone }) => zone)].flatMap(([zone, all]): Item[] => {
      const here = facts.zones.get(zone);
      if (!here) return [];
      const files = all.map(({ pool, records }) => ({ records, file: recordsFile(zone, pool) }));
      const content = adoptZone(here.text, zone, { soa: authorityFile(zone), pools: files });
      if (content === undefined) return [];
      return [
        bindDirectoryItem(`${directory}/${zone}`, { soa: firstAuthority(here.text, zone, facts.now) }),
        { type: "insertion", path: here.file, content, readBy: name },
      ];
    }),
  ];
}

/** The zone's own, one ahead. A file that has lines of ours already has another. */
function firstAuthority(text: string, zone: string, now: number): string {
  const authority = authorityIn(text, zone);
  return authority ? authority.with(nextSerial(authority.serial, styleOf(authority.serial, now), now)) : "";
}
