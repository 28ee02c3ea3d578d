import type { Daemon, Needs } from "../../model/daemon.ts";
import type { Facts } from "../../model/facts.ts";
import type { Item } from "../../model/item.ts";
import { guest } from "../guest.ts";
import { type Insertions, insertion, marked, withoutOurs } from "../insert.ts";
import { haproxyConfig, maintenanceDirectories, maintenancesOf } from "../maintenance.ts";
import { systemDirectory, systemFile } from "../system-items.ts";
import { judge } from "./judge.ts";
import { sectionsOf } from "./sections.ts";

const name = "haproxy";

/** Where HAProxy takes commands at run time; of ours alone. */
export const haproxySocket = "/run/haproxy/upkeep.sock";

/** HAProxy 2 as Debian and Ubuntu package it. Upkeep manages its maintenance and nothing else of it. */
export const haproxyDaemon: Daemon = {
  ...guest,
  name,
  pidFile: "/run/haproxy.pid",
  check: ["haproxy", "-c", "-f", haproxyConfig],
  // Old workers take no new connections, and go when their last one ends.
  reload: { signal: "SIGUSR2", doneWhen: "workers", retired: /(?:)/ },
  errorLog: "/var/log/haproxy.log",
  /** `[ALERT] (12) : config : parsing [/etc/haproxy/haproxy.cfg:34] : unknown keyword ...` */
  blame(output) {
    const lines = output.split("\n").filter((line) => /\[ALERT\]/.test(line));
    const message = (lines.join("\n") || output.trim()).slice(0, 2000);
    const place =
      /\[(?<file>\/[^\]:]+):(?<line>\d+)\]/.exec(message)?.groups ??
      /(?<file>\/etc\/haproxy\/upkeep\/[^\s:]+):(?<line>\d+)/.exec(message)?.groups;
    return place ? { file: place.file!, line: Number(place.line), message } : { message };
  },
  base,
};

/** HAProxy reads no file from within another, so what it has to be told stands in its one file. */
function base(needs: Needs, facts: Facts): readonly Item[] {
  const names = maintenancesOf(needs, name);
  const text = facts.foreign.get(haproxyConfig);
  if (names.length === 0 || text === undefined) return [];
  return [
    ...maintenanceDirectories(name, facts),
    systemDirectory("/etc/haproxy/upkeep"),
    systemFile("/etc/haproxy/upkeep.lua", judge(names), name),
    insertion(haproxyConfig, text, linesFor(withoutOurs(text), names, needs), name),
  ];
}

/** In a map whenever anything else is. No host has this name, and the script makes nothing of what it finds there. */
export const presenceKey = "*";

function linesFor(text: string, names: readonly string[], needs: Needs): Insertions {
  const global = ["lua-load /etc/haproxy/upkeep.lua", `stats socket ${haproxySocket} mode 600 level admin`];
  const frontend = [
    ...names.flatMap((each) => lookups(each, needs)),
    "http-request use-service lua.upkeep_answer if { var(txn.upkeep_answer) -m found }",
  ];
  const write = (lines: readonly string[]) => lines.map((line) => marked(`\t${line}`));
  const sections = sectionsOf(text);
  const insertions = new Map<number, readonly string[]>();
  const globalLine = sections.find(({ keyword }) => keyword === "global")?.line;
  insertions.set(globalLine ?? -1, globalLine === undefined ? [marked("global"), ...write(global)] : write(global));
  for (const { line } of sections.filter(({ takesHttp }) => takesHttp)) insertions.set(line, write(frontend));
  return insertions;
}

/**
 * For each way in which a maintenance names its sites, a map in memory. Its value, `relaunch/shop.example.com`, says whose
 * switch is on and for what. While the switch is off the map is empty, and that is all that is found out: the name that
 * was asked for is not even looked at.
 */
function lookups(maintenance: string, needs: Needs): string[] {
  const host = "req.hdr(host),field(1,:),rtrim(.),lower";
  const map = `/etc/haproxy/upkeep/${maintenance}.map`;
  const below = `/etc/haproxy/upkeep/${maintenance}.below.map`;
  const isOn = (file: string) => `if { str(${presenceKey}),map_str(${file}) -m found }`;
  const ways = [
    ["one", `${host},map_str(${map}) ${isOn(map)}`],
    ["below", `${host},map_end(${below}) ${isOn(below)}`],
    ["all", `str(all),map_str(${map})`],
  ] as const;
  return [
    ...ways.flatMap(([way, sample]) =>
      needs.has(`${name} ${way} ${maintenance}`) ? [`http-request set-var(txn.upkeep) ${sample}`] : [],
    ),
    "http-request lua.upkeep_judge if { var(txn.upkeep) -m found }",
  ];
}
