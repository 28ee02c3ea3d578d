import { existsSync } from "node:fs";
import { localHost } from "../../host/local.ts";
import { bansFile, openBans } from "../../store/bans.ts";
import { openDatabase } from "../../store/database.ts";
import type { Run } from "../command.ts";
import { requireRoot } from "../require-root.ts";
import { roughly } from "../time.ts";

export const run: Run = async ({ options, json, terminal, typed }) => {
  requireRoot("bans", typed);
  const now = localHost.clock.now();
  const bans = existsSync(bansFile)
    ? openBans(openDatabase(bansFile, { readOnly: true }), { readOnly: true }).all(now)
    : [];
  if (json) {
    terminal.print(JSON.stringify(bans, undefined, 2));
    return 0;
  }
  if (bans.length === 0) terminal.print("Nobody is banned.");
  const width = Math.max(...bans.map(({ address }) => address.length));
  for (const { address, reason, ports, until, number, evidence } of bans) {
    const where = ports.length > 0 ? `, ports ${ports.join(", ")}` : "";
    const times = number > 1 ? `, the ${number}. time` : "";
    terminal.print(
      `${terminal.style("bold", address.padEnd(width))}  ${roughly(until - now)} more, ${reason}${where}${times}`,
    );
    if (options.evidence === true) for (const line of evidence) terminal.print(terminal.style("dim", `    ${line}`));
  }
  return 0;
};
