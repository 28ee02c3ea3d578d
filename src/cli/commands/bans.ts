import { existsSync } from "node:fs";
import { localHost } from "../../host/local.ts";
import { type Banned, bannedSchema } from "../../model/ban.ts";
import { roughly } from "../../model/duration.ts";
import { bansFile, openBans } from "../../store/bans.ts";
import { openDatabase } from "../../store/database.ts";
import type { ObservedOnHost } from "../../store/happenings.ts";
import type { Invocation, Run } from "../command.ts";
import { type ControlPlane, controlPlane } from "../control-plane.ts";
import { warnOfFailing } from "../health-words.ts";
import { refuseHost } from "../refuse-host.ts";
import { requireRoot } from "../require-root.ts";

/** A ban, and by which host; nothing: this machine. */
type Shown = Banned & { readonly host?: string };

export const run: Run = async (invocation) => {
  requireRoot("bans", invocation);
  const plane = await controlPlane(invocation);
  await warnOfFailing(["Jail"], plane, invocation.terminal);
  print(plane ? await everywhere(plane, invocation) : here(invocation), invocation);
  return 0;
};

function here(invocation: Invocation): readonly Shown[] {
  refuseHost(invocation);
  if (!existsSync(bansFile)) return [];
  return openBans(openDatabase(bansFile, { readOnly: true }), { readOnly: true }).all(localHost.clock.now());
}

async function everywhere({ api }: ControlPlane, { options }: Invocation): Promise<Shown[]> {
  const host = options.host === undefined ? "" : `?host=${encodeURIComponent(String(options.host))}`;
  const observed = await api.get<ObservedOnHost[]>(`/v1/bans${host}`);
  return observed
    .flatMap(({ host, value }) => {
      // Whatever a host says of its bans, here they are bans.
      const { data } = bannedSchema.safeParse(value);
      return data ? [{ ...data, jail: data.jail, host }] : [];
    })
    .sort((one, other) => one.since - other.since);
}

function print(bans: readonly Shown[], { options, json, terminal }: Invocation): void {
  if (json) {
    terminal.print(JSON.stringify(bans, undefined, 2));
    return;
  }
  if (bans.length === 0) terminal.print("Nobody is banned.");
  const now = localHost.clock.now();
  const width = Math.max(...bans.map(({ address }) => address.length));
  const hostWidth = Math.max(...bans.map(({ host = "" }) => host.length));
  for (const { host, address, reason, ports, until, number, evidence } of bans) {
    const on = host === undefined ? "" : `${host.padEnd(hostWidth)}  `;
    const where = ports.length > 0 ? `, ports ${ports.join(", ")}` : "";
    const times = number > 1 ? `, the ${number}. time` : "";
    terminal.print(
      `${on}${terminal.style("bold", address.padEnd(width))}  ${roughly(until - now)} more, ${reason}${where}${times}`,
    );
    if (options.evidence === true) for (const line of evidence) terminal.print(terminal.style("dim", `    ${line}`));
  }
}
