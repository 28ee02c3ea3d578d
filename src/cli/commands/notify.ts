import { askGuard } from "../../agent/guard-door.ts";
import type { WayShown } from "../../agent/notifier.ts";
import { localHost } from "../../host/local.ts";
import { UserError } from "../../model/problem.ts";
import type { Run } from "../command.ts";
import { warnOfFailing } from "../health-words.ts";
import { requireRoot } from "../require-root.ts";
import { ago } from "../time.ts";

export const run: Run = async ({ positionals, json, terminal, typed }) => {
  const [verb = "list", name] = positionals;
  requireRoot(`notify ${verb}`, { typed });
  const { print, style } = terminal;
  if (verb === "test") {
    if (name === undefined) throw new UserError("say which: upkeep notify test NAME; `upkeep notify` lists them");
    await askGuard(localHost, { is: "test", notification: name });
    print("It was taken by all who take it further. Has it arrived?");
    return 0;
  }
  if (verb !== "list") throw new UserError(`say \`upkeep notify list\` or test, not "${verb}"`);
  const ways = await askGuard<readonly WayShown[]>(localHost, { is: "notifications" });
  await warnOfFailing(["Notification"], undefined, terminal);
  if (json) print(JSON.stringify(ways, undefined, 2));
  else if (ways.length === 0) print("Nobody is told of anything. Try: upkeep explain Notification");
  else
    for (const { notification, channel, to, sentAt, problem } of ways) {
      const last = sentAt === undefined ? "nothing sent yet" : `last ${ago(sentAt)}`;
      const trouble = problem === undefined ? "" : `  ${style("red", problem)}`;
      print(`${style("bold", notification)}  ${channel} to ${to.join(", ")}  ${style("dim", last)}${trouble}`);
    }
  return 0;
};
