import type { Event } from "../../client/paths.ts";
import type { Run } from "../command.ts";
import { limitOf } from "../commands/history.ts";
import { localTime } from "../time.ts";
import { answer, apiElsewhere } from "./server.ts";

export const run: Run = async (invocation) => {
  const { options, json, terminal } = invocation;
  const api = await apiElsewhere(invocation);
  const query = { limit: limitOf(options) };
  const { items } = await answer(api.GET("/v1/events/recent", { params: { query } }));
  // The last line is the newest, where a person looks.
  const events = items.filter(({ host }) => options.host === undefined || host === options.host).toReversed();
  if (json) terminal.print(JSON.stringify(events, undefined, 2));
  else if (events.length === 0) terminal.print("Nothing has happened yet.");
  for (const event of json ? [] : events) terminal.print(`${localTime(event.at)}  ${lineOf(event)}`);
  return 0;
};

function lineOf({ is, host = "", ref = "", actor, cause, state, name, says }: Event): string {
  if (is === "condition") return `${host}  ${state}  ${ref}${says ? `: ${says.split("\n")[0]}` : ""}`;
  if (is === "event") return `${host}  ${name}  ${says ?? ""}`;
  return `${actor} ${is} ${ref}${cause ? ` (${cause})` : ""}`;
}
