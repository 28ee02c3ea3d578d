import { createInterface } from "node:readline";
import { readMove } from "../../agent/moving/door.ts";
import { type Asker, obey } from "../../agent/moving/orders.ts";
import type { Upkeep } from "../../agent/upkeep.ts";
import { localHost } from "../../host/local.ts";
import { takeOver } from "../../host/lock.ts";
import { serveDirectory } from "../../host/rsync-server.ts";
import { UserError } from "../../model/problem.ts";
import type { ExitCode, Run } from "../command.ts";
import { requireRoot } from "../require-root.ts";
import { withUpkeep } from "../with-upkeep.ts";

export const run: Run = async ({ positionals, terminal, typed }) => {
  requireRoot("moving", { typed });
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
  // Orders of a connection that has broken are carried out before those of the next.
  const held = move && (await takeOver(localHost, `/run/upkeep/${move.move}.orders`));
  const asker = { ...(move && { move }), ...(from && to && { connection: { from, to } }) };
  try {
    return await withUpkeep({ make: true }, async (upkeep) => {
      const lines = createInterface({ input: process.stdin });
      process.once("SIGTERM", () => lines.close());
      for await (const line of lines) terminal.print(JSON.stringify(await answerTo(upkeep, line, asker)));
      return 0;
    });
  } finally {
    await held?.release();
  }
};

const answerTo = (upkeep: Upkeep, line: string, asker: Asker): Promise<object> =>
  obey(upkeep, line, asker).then(
    (answer) => ({ answer }),
    (error: Error) => ({ problem: error.message }),
  );
