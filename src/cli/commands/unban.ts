import { askGuard } from "../../agent/guard-door.ts";
import type { Run } from "../command.ts";
import { controlHere } from "../control-here.ts";
import { refuseHost } from "../refuse-host.ts";
import { requireRoot } from "../require-root.ts";
import { throughGuards } from "../through-guards.ts";
import { addressOf } from "./ban.ts";

export const run: Run = async (invocation) => {
  const { positionals, json, terminal, typed } = invocation;
  requireRoot("unban", typed);
  const addresses = positionals.map(addressOf);
  const remote = await controlHere();
  if (remote) {
    const all = addresses.map((address) => ({ is: "unban", address }) as const);
    return throughGuards(remote, all, invocation, (asks, wasSo) =>
      "address" in asks ? `${asks.address} ${wasSo ? "may come in again" : "was not banned"}` : "",
    );
  }
  refuseHost(invocation);
  const answers = [];
  for (const address of addresses)
    answers.push({ address, wasBanned: await askGuard<boolean>({ is: "unban", address }) });
  if (json) terminal.print(JSON.stringify(answers, undefined, 2));
  else
    for (const { address, wasBanned } of answers)
      terminal.print(wasBanned ? `${address} may come in again.` : `${address} was not banned.`);
  return 0;
};
