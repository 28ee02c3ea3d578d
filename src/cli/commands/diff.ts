import { lookAround } from "../../agent/drift.ts";
import { requireRecords } from "../../agent/upkeep.ts";
import type { Run } from "../command.ts";
import { unifiedDiff } from "../print-plan.ts";
import { withUpkeep } from "../with-upkeep.ts";

export const run: Run = ({ json, terminal: { print, style } }) =>
  withUpkeep({ make: false }, async (upkeep) => {
    requireRecords(upkeep);
    const draft = await lookAround(upkeep);
    const drifted = draft.plan.changes.flatMap(({ drift, key, item, because }) =>
      drift ? [{ key, drift, item, because }] : [],
    );
    if (json) {
      print(
        JSON.stringify(
          drifted.map(({ key, drift, item, because }) => ({
            key,
            because,
            says: drift.says,
            ...(!("secret" in item) && drift),
          })),
          undefined,
          2,
        ),
      );
    } else if (drifted.length === 0) print("Nothing was changed by hand.");
    for (const { key, drift, item, because } of json ? [] : drifted) {
      print(`${style("yellow", key)} ${drift.says}${style("dim", `  ${because.join(", ")}`)}`);
      if (drift.written !== undefined && !("secret" in item))
        print(unifiedDiff(drift.written, drift.found ?? "", style));
    }
    return drifted.length > 0 ? 2 : 0;
  });
