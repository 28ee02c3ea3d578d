import { openGuardLog } from "../../agent/guard-log.ts";
import { generationEventOf } from "../../agent/telling.ts";
import { requireRecords } from "../../agent/upkeep.ts";
import { localHost } from "../../host/local.ts";
import type { HostEvent } from "../../model/happening.ts";
import type { EventOnHost } from "../../store/happenings.ts";
import type { ExitCode, Invocation, Run, Style } from "../command.ts";
import { controlHere } from "../control-here.ts";
import { refuseHost } from "../refuse-host.ts";
import { localTime } from "../time.ts";
import { withUpkeep } from "../with-upkeep.ts";
import { limitOf } from "./history.ts";

type Shown = Omit<EventOnHost, "host"> & { readonly host?: string };

export const run: Run = async (invocation) => {
  const limit = limitOf(invocation.options);
  const remote = await controlHere();
  if (!remote) return here(limit, invocation);
  const { host } = invocation.options;
  const query = host === undefined ? "" : `&host=${encodeURIComponent(String(host))}`;
  print(await remote.get<EventOnHost[]>(`/v1/events?limit=${limit}${query}`), invocation);
  return 0;
};

function here(limit: number, invocation: Invocation): Promise<ExitCode> {
  refuseHost(invocation);
  return withUpkeep({ make: false }, async (upkeep) => {
    requireRecords(upkeep);
    const events: HostEvent[] = [
      ...upkeep.ledger.generationsAfter(0, limit).map(generationEventOf),
      ...openGuardLog(localHost.files).after(0).events,
    ];
    print(events.sort((one, other) => other.at - one.at).slice(0, limit), invocation);
    return 0;
  });
}

const colours: Readonly<Record<HostEvent["is"], Style>> = {
  live: "green",
  undone: "red",
  banned: "yellow",
  unbanned: "cyan",
  "key forbidden": "red",
  "key revoked": "red",
  revoked: "yellow",
  restored: "cyan",
  published: "green",
  drained: "yellow",
  undrained: "cyan",
  "pool alarm": "red",
  certificate: "yellow",
  "mail limit": "yellow",
  failing: "red",
  recovered: "green",
  run: "cyan",
  "run stopped": "red",
};

/** Given the newest first; the last line is the newest, where a person looks. */
function print(newest: readonly Shown[], { json, terminal }: Invocation): void {
  const events = newest.toReversed();
  if (json) {
    terminal.print(JSON.stringify(events, undefined, 2));
    return;
  }
  if (events.length === 0) terminal.print("Nothing has happened yet.");
  const width = Math.max(...events.map(({ host = "" }) => host.length));
  for (const { host, at, is, says } of events) {
    const on = host === undefined ? "" : `${host.padEnd(width)}  `;
    terminal.print(`${localTime(at)}  ${on}${terminal.style(colours[is], is.padEnd(13))}  ${says}`);
  }
}
