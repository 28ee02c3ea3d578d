import { followLogs, splitLogs } from "../../agent/logs.ts";
import { localHost } from "../../host/local.ts";
import { withLock } from "../../host/lock.ts";
import { UserError } from "../../model/problem.ts";
import type { Run } from "../command.ts";
import { requireRoot } from "../require-root.ts";
import { withUpkeep } from "../with-upkeep.ts";

export const run: Run = ({ positionals: [what], options, json, terminal: { print, remark }, typed }) => {
  if (what !== "split") throw new UserError(`usage: upkeep logs split, not "${what}"`);
  requireRoot("logs split", { typed });
  return withUpkeep({ make: true }, (upkeep) =>
    withLock(
      localHost,
      "logs",
      `logs split (process ${process.pid})`,
      (holder) => remark(`Waiting for ${holder} ...`),
      async () => {
        if (options.follow) await followLogs(upkeep);
        else {
          const { lines, unknown } = await splitLogs(upkeep);
          print(
            json
              ? JSON.stringify({ lines, unknown })
              : `${lines} lines split${unknown > 0 ? `, ${unknown} of them of no site` : ""}.`,
          );
        }
        return 0 as const;
      },
    ),
  );
};
