import { askGuard } from "../../agent/guard-door.ts";
import type { Run } from "../command.ts";
import { requireRoot } from "../require-root.ts";
import { addressOf } from "./ban.ts";

export const run: Run = async ({ positionals, json, terminal, typed }) => {
  requireRoot("unban", typed);
  const answers = [];
  for (const address of positionals.map(addressOf))
    answers.push({ address, wasBanned: await askGuard<boolean>({ is: "unban", address }) });
  if (json) terminal.print(JSON.stringify(answers, undefined, 2));
  else
    for (const { address, wasBanned } of answers)
      terminal.print(wasBanned ? `${address} may come in again.` : `${address} was not banned.`);
  return 0;
};
