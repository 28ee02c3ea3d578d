import { lookAtHealth } from "../../agent/health.ts";
import { sealedGeneration } from "../../agent/sealed-spec.ts";
import { requireRecords } from "../../agent/upkeep.ts";
import type { ConditionState } from "../../model/condition.ts";
import { conditionsWith } from "../../model/health.ts";
import { releaseName } from "../../model/release.ts";
import type { Run } from "../command.ts";
import { conditionColour } from "../conditions.ts";
import { controlHere } from "../control-here.ts";
import { exitCodeOf, printProcesses, processesShown } from "../standing.ts";
import { withUpkeep } from "../with-upkeep.ts";

const states: readonly ConditionState[] = ["Applied", "Pending", "Failed", "Quarantined", "Drifted"];

export const run: Run = async (invocation) => {
  const remote = await controlHere();
  if (remote) return (await import("../estate-views.ts")).statusThrough(remote, invocation);
  const { json, terminal } = invocation;
  const { print, style } = terminal;
  return withUpkeep({ make: false }, async (upkeep) => {
    requireRecords(upkeep);
    const { running, os, init, packages } = upkeep.look();
    // Every resource has a condition from the moment it is accepted.
    const health = await lookAtHealth(upkeep.host, upkeep.ledger);
    const conditions = conditionsWith(upkeep.ledger.conditions(), health.records);
    const resources = conditions.length;
    const [newest] = upkeep.ledger.generations(1);
    const last = newest && (await sealedGeneration(upkeep, newest));
    const used = [...upkeep.ledger.needs().keys()].filter(
      (need) => !need.includes(" ") && (packages.has(need) || running.has(need)),
    );
    const counts = Object.fromEntries(
      states.map((state) => [state, conditions.filter((condition) => condition.state === state).length]),
    );
    const daemons = used
      .filter((name) => /^(apache2|nginx|php[\d.]+-fpm)$/.test(name))
      .map((name) => ({ name, running: running.has(name) }));
    const exitCode = exitCodeOf(counts, health.processes);
    const troubles = conditions.filter(({ state }) => state !== "Applied" && state !== "Pending");
    if (json) {
      print(
        JSON.stringify(
          {
            ...{ resources, conditions: counts, troubles, daemons },
            ...processesShown(health.processes),
            ...{ lastGeneration: last ?? null, os, init },
          },
          undefined,
          2,
        ),
      );
      return exitCode;
    }
    print(
      `${style("bold", "Resources")}   ${resources}${states
        .filter((state) => counts[state])
        .map((state) => `  ${style(conditionColour[state], `${counts[state]} ${state.toLowerCase()}`)}`)
        .join("")}`,
    );
    print(
      `${style("bold", "Daemons")}     ${daemons.map(({ name, running: up }) => `${name} ${up ? style("green", "runs") : style("red", "is down")}`).join(", ") || "none in use"}`,
    );
    if (last)
      print(
        `${style("bold", "Generation")}  ${last.number} ${last.state}, ${new Date(last.at).toISOString().slice(0, 19).replace("T", " ")} UTC, ${last.cause}`,
      );
    print(`${style("bold", "Machine")}     ${releaseName(os)}, ${init === "systemd" ? "systemd" : "no systemd"}`);
    printProcesses(health.processes, terminal);
    for (const { ref, state, message } of troubles)
      print(`\n${style(conditionColour[state], state)} ${ref}\n  ${message.replaceAll("\n", "\n  ")}`);
    return exitCode;
  });
};
