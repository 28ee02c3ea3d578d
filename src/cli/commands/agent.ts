import { readFileSync } from "node:fs";
import { runAgent } from "../../agent/agent.ts";
import { readMembership } from "../../agent/membership.ts";
import { shareGuard } from "../../agent/sharing.ts";
import { agentFile } from "../../agent/state.ts";
import type { AgentBus } from "../../bus/bus.ts";
import { localHost } from "../../host/local.ts";
import { giveBackMemory } from "../../host/memory.ts";
import { UserError } from "../../model/problem.ts";
import type { Run } from "../command.ts";
import { requireRoot } from "../require-root.ts";
import { untilTold } from "../until-told.ts";
import { withUpkeep } from "../with-upkeep.ts";

export const run: Run = async ({ terminal, typed }) => {
  requireRoot("agent", { typed });
  const membership = readMembership(localHost);
  if (!membership) throw new UserError(`this machine belongs to no estate; ${agentFile} would say to which`);
  const log = (text: string) => terminal.remark(`upkeep agent: ${text}`);
  return withUpkeep({ make: true }, async (upkeep) => {
    const bus = await busOf(membership);
    const agent = runAgent({ ...upkeep, copy: upkeep.copy! }, bus, log, { rest: giveBackMemory });
    const sharing = shareGuard(bus, localHost, agent.happened);
    log(`keeps ${membership.host} true`);
    await untilTold();
    log("stops");
    sharing.stop();
    await agent.stop();
    return 0;
  });
};

async function busOf({ host, bus, socket }: NonNullable<ReturnType<typeof readMembership>>): Promise<AgentBus> {
  if (!bus) return (await import("../../bus/socket-agent.ts")).openSocketAgentBus(host, socket);
  const { openNatsAgentBus } = await import("../../bus/nats-agent.ts");
  const { seedFile, ...access } = bus;
  return openNatsAgentBus(host, { ...access, seed: readFileSync(seedFile, "utf8").trim() });
}
