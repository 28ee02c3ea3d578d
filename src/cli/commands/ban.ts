import { askGuard } from "../../agent/guard-door.ts";
import { localHost } from "../../host/local.ts";
import { parseNetwork, printAddress } from "../../model/address.ts";
import type { Banned } from "../../model/ban.ts";
import { UserError } from "../../model/problem.ts";
import type { Run } from "../command.ts";
import { controlPlane } from "../control-plane.ts";
import { refuseHost } from "../refuse-host.ts";
import { requireRoot } from "../require-root.ts";
import { throughGuards } from "../through-guards.ts";
import { durationOf, localTime } from "../time.ts";

export const run: Run = async (invocation) => {
  const { positionals, options, json, terminal } = invocation;
  requireRoot("ban", invocation);
  const length = durationOf(String(options.for ?? "1d"));
  const since = localHost.clock.now();
  const bans = positionals.map(
    (text): Banned => ({
      address: addressOf(text),
      jail: undefined,
      reason: String(options.reason ?? "by hand"),
      ports: [],
      since,
      until: since + length,
      number: 1,
      evidence: [],
    }),
  );
  const plane = await controlPlane(invocation);
  if (plane) {
    const all = bans.map((ban) => ({ is: "ban", ban }) as const);
    return throughGuards(plane, all, invocation, (asks) =>
      "ban" in asks ? `${asks.ban.address} is kept out until ${localTime(asks.ban.until)}` : "",
    );
  }
  refuseHost(invocation);
  for (const ban of bans) await askGuard(localHost, { is: "ban", ban });
  if (json) terminal.print(JSON.stringify(bans, undefined, 2));
  else for (const { address, until } of bans) terminal.print(`${address} is kept out until ${localTime(until)}.`);
  return 0;
};

/** The form in which addresses are compared and kept. */
export function addressOf(text: string): string {
  const network = parseNetwork(text);
  if (!network) throw new UserError(`${text} is no address and no network; say 192.0.2.7 or 2001:db8::/48`);
  return printAddress(network);
}
