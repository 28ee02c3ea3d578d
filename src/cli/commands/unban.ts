import { askGuard } from "../../agent/guard-door.ts";
import { localHost } from "../../host/local.ts";
import type { Run } from "../command.ts";
import { controlPlane } from "../control-plane.ts";
import { refuseHost } from "../refuse-host.ts";
import { requireRoot } from "../require-root.ts";
import { throughGuards } from "../through-guards.ts";
import { addressOf } from "./ban.ts";

export const run: Run = async (invocation) => {
  const { positionals, json, terminal } = invocation;
  requireRoot("unban", invocation);
  const addresses = positionals.map(addressOf);
  const plane = await controlPlane(invocation);
  if (plane) {
    const all = addresses.map((address) => ({ is: "unban", address }) as const);
    return throughGuards(plane, all, invocation, (asks, wasSo) =>
      "address" in asks ? `${asks.address} ${wasSo ? "may come in again" : "was not banned"}` : "",
    );
  }
  refuseHost(invocation);
  const answers = [];
  for (const address of addresses)
    answers.push({ address, wasBanned: await askGuard<boolean>(localHost, { is: "unban", address }) });
  if (json) terminal.print(JSON.stringify(answers, undefined, 2));
  else
    for (const { address, wasBanned } of answers)
      terminal.print(wasBanned ? `${address} may come in again.` : `${address} was not banned.`);
  return 0;
};
