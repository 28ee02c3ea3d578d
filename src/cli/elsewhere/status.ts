import type { ConditionState } from "../../model/condition.ts";
import type { Run } from "../command.ts";
import { conditionColour } from "../conditions.ts";
import { exitCodeOf } from "../standing.ts";
import { answer, apiElsewhere } from "./server.ts";

export const run: Run = async (invocation) => {
  const { json, terminal } = invocation;
  const { print, style } = terminal;
  const overview = await answer((await apiElsewhere(invocation)).GET("/v1/overview"));
  const { resources, counts, troubles, pending, hosts } = overview;
  const exitCode = (hosts?.away.length ?? 0) > 0 ? 3 : exitCodeOf(counts, { all: [] });
  if (json) {
    print(JSON.stringify(overview, undefined, 2));
    return exitCode;
  }
  const list = Object.entries(counts).map(([state, count]) =>
    style(conditionColour[state as ConditionState], `${count} ${state.toLowerCase()}`),
  );
  print(`${style("bold", "Resources")}  ${[resources, ...list].join("  ")}`);
  if (hosts) {
    const away = hosts.away.length > 0 ? style("red", `, away: ${hosts.away.join(", ")}`) : "";
    print(`${style("bold", "Hosts")}      ${hosts.all}${away}`);
  }
  for (const { ref, host, state, message } of [...troubles, ...pending])
    print(
      `\n${style(conditionColour[state as ConditionState], state)} ${ref} on ${host}\n  ${message.replaceAll("\n", "\n  ")}`,
    );
  return exitCode;
};
