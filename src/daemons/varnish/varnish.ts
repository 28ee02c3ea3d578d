import type { Argv, Daemon, Needs } from "../../model/daemon.ts";
import type { Facts } from "../../model/facts.ts";
import type { Item } from "../../model/item.ts";
import { doorSocket } from "../doorkeeper.ts";
import { guest } from "../guest.ts";
import { insertion, marked, withoutOurs } from "../insert.ts";
import { linksNeed, maintenanceDirectories, maintenancesOf, varnishConfig, vclVersion } from "../maintenance.ts";
import { systemDirectory, systemFile } from "../system-items.ts";
import { code, fileOf } from "../template.ts";
import { vcl } from "./vcl.ts";

const name = "varnish";
const main = varnishConfig;

/** Varnish 7 as Debian and Ubuntu package it. Upkeep manages its maintenance and nothing else of it. */
export const varnish: Daemon = {
  ...guest,
  name,
  check: ["varnishd", "-C", "-f", main],
  reload: { process: "varnishd", steps: loadAndUse },
  errorLog: "/var/log/syslog",
  /** `('/etc/varnish/upkeep/relaunch.vcl' Line 7 Pos 3)` */
  blame(output) {
    const message = output.slice(Math.max(0, output.indexOf("Message from VCC"))).slice(0, 2000);
    const place = /\('(?<file>\/[^']+)' Line (?<line>\d+)/.exec(message)?.groups;
    return place ? { file: place.file!, line: Number(place.line), message } : { message };
  },
  base,
};

/**
 * As varnishreload(1) does, which gives the C compiler the five seconds of varnishadm(1): not enough on a busy machine, and
 * a configuration that is right would be taken back. Names are like its own, so that it tidies them up.
 */
function loadAndUse(moment: number): readonly Argv[] {
  const [date, time] = new Date(moment)
    .toISOString()
    .replace(/\.\d+Z/, "")
    .replace(/[-:]/g, "")
    .split("T");
  const loaded = `reload_${date}_${time}_${moment % 1_000}`;
  return [
    ["varnishadm", "-t", "60", "vcl.load", loaded, main],
    ["varnishadm", "-t", "60", "vcl.use", loaded],
  ];
}

/** Where the request for a link goes. */
export const doorBackend = "upkeep_door";

/** At the end of the configuration, since the first backend of it is the one that requests go to. */
const door = fileOf(
  code("# Managed by Upkeep: who exchanges links into maintenance for cookies."),
  vcl`backend ${code(doorBackend)} {
  .path = ${doorSocket};
}`,
);

function base(needs: Needs, facts: Facts): readonly Item[] {
  const names = maintenancesOf(needs, name);
  const text = facts.foreign.get(main);
  if (names.length === 0 || text === undefined) return [];
  const links = needs.has(linksNeed(name));
  const lines = withoutOurs(text).split("\n");
  const version = lines.findIndex((line) => vclVersion.test(line));
  const last = lines.findLastIndex((line) => line.trim() !== "");
  return [
    ...maintenanceDirectories(name, facts),
    systemDirectory("/etc/varnish/upkeep"),
    systemFile(
      "/etc/varnish/upkeep.vcl",
      fileOf(
        code("# Managed by Upkeep: brings in what is below /etc/varnish/upkeep."),
        ...names.map((each) => vcl`include ${`/etc/varnish/upkeep/${each}.vcl`};`),
      ),
      name,
    ),
    ...(links ? [systemFile("/etc/varnish/upkeep-door.vcl", door, name)] : []),
    insertion(
      main,
      text,
      new Map([
        [version, [marked('include "/etc/varnish/upkeep.vcl";')]],
        ...(links ? ([[last, [marked('include "/etc/varnish/upkeep-door.vcl";')]]] as const) : []),
      ]),
      name,
    ),
  ];
}
