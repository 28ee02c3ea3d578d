import { createInterface } from "node:readline";
import { readMove } from "../../agent/moving/door.ts";
import { obey } from "../../agent/moving/orders.ts";
import { localHost } from "../../host/local.ts";
import { serveDirectory } from "../../host/rsync-server.ts";
import { UserError } from "../../model/problem.ts";
import type { ExitCode, Run } from "../command.ts";
import { requireRoot } from "../require-root.ts";
import { withUpkeep } from "../with-upkeep.ts";

export const run: Run = async ({ positionals, terminal, typed }) => {
  requireRoot("moving", typed);
  const [name] = positionals;
  const move = name === undefined ? undefined : readMove(localHost.files, name);
  if (name !== undefined && !move) throw new UserError(`there is no move ${name} here`);
  const [from, , to] = (process.env.SSH_CONNECTION ?? "").split(" ");
  const [program, site = "", ...asked] = (process.env.SSH_ORIGINAL_COMMAND ?? "").split(" ");
  if (move && program === "upkeep-rsync") {
    const directory = Object.hasOwn(move.sites, site) ? move.sites[site] : undefined;
    if (directory === undefined) throw new UserError(`the key of ${move.move} is not for ${site}`);
    return (await serveDirectory(directory, asked)) as ExitCode;
  }
  return withUpkeep({ make: true }, async (upkeep) => {
    const asker = { ...(move && { move }), ...(from && to && { connection: { from, to } }) };
    for await (const line of createInterface({ input: process.stdin }))
      terminal.print(
        JSON.stringify(
          await obey(upkeep, line, asker).then(
            (answer) => ({ answer }),
            (error: Error) => ({ problem: error.message }),
          ),
        ),
      );
    return 0;
  });
};
