import { plan } from "../../agent/apply.ts";
import { pending } from "../../agent/changes.ts";
import { diagnose } from "../../agent/doctor.ts";
import type { Run, Style } from "../command.ts";
import { withUpkeep } from "../with-upkeep.ts";

const signs: Readonly<Record<string, [string, Style]>> = {
  well: ["ok", "green"],
  remark: ["note", "yellow"],
  bad: ["bad", "red"],
};

export const run: Run = ({ json, terminal: { print, style } }) =>
  withUpkeep({ make: false }, async (upkeep) => {
    const findings = await diagnose(upkeep);
    const facts = upkeep.look();
    const drift = plan(upkeep, await pending(upkeep, facts)).plan.changes.length;
    const all = [
      ...findings,
      drift > 0
        ? { verdict: "remark" as const, what: "estate", says: `${drift} changes are pending; see: upkeep plan` }
        : { verdict: "well" as const, what: "estate", says: "as stated" },
    ];
    if (json) print(JSON.stringify(all, undefined, 2));
    else
      for (const { verdict, what, says } of all)
        print(`${style(signs[verdict]![1], signs[verdict]![0].padEnd(5))}${what.padEnd(14)}${says}`);
    return all.some(({ verdict }) => verdict === "bad") ? 1 : 0;
  });
