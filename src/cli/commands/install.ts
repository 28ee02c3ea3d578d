import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { becomeMember, joinEstate, keepAgent } from "../../agent/join.ts";
import { agentFile, stateDirectory } from "../../agent/upkeep.ts";
import { installServer } from "../../control/install.ts";
import type { Remote } from "../../host/control-client.ts";
import { installation } from "../../host/installation.ts";
import { localHost } from "../../host/local.ts";
import { UserError } from "../../model/problem.ts";
import type { FleetHost } from "../../store/fleet.ts";
import type { ExitCode, Invocation, Run } from "../command.ts";
import { requireControl } from "../control-here.ts";
import { requireRoot } from "../require-root.ts";

const program = join(installation, "upkeep");

export const run: Run = async (invocation) => {
  const [what] = invocation.positionals;
  requireRoot(`install ${what}`, invocation.typed);
  if (what === "server") return server(invocation);
  if (what === "agent") return agent(invocation);
  throw new UserError(`say \`upkeep install server\` or \`upkeep install agent\`, not "${what}"`);
};

/** The control plane, and an agent for the machine that it is on. */
async function server(invocation: Invocation): Promise<ExitCode> {
  const { options, terminal } = invocation;
  const { listen, database } = options;
  await installServer(
    localHost,
    {
      ...(typeof listen === "string" && { listen }),
      ...(typeof database === "string" && { database }),
      program,
      formerEstate: `${stateDirectory}/estate.db`,
    },
    (text) => terminal.remark(text),
  );
  await requireControl();
  terminal.print("The control plane runs. `upkeep install agent` makes this machine its first host.");
  return 0;
}

async function agent(invocation: Invocation): Promise<ExitCode> {
  const { options, terminal, typed } = invocation;
  const { token } = options;
  if (typeof token === "string") {
    const name = await joinEstate(localHost, token);
    await keepAgent(localHost, program);
    terminal.print(`This machine is ${name} now.`);
    return 0;
  }
  if (!existsSync(agentFile)) {
    const remote = await requireControl();
    const name = typeof options.name === "string" ? options.name : hostname().split(".")[0]!.toLowerCase();
    await makeOwn(remote, name, typed);
  }
  await keepAgent(localHost, program);
  const { readMembership } = await import("../../agent/membership.ts");
  terminal.print(`The agent runs; this machine is ${readMembership(localHost)!.host}.`);
  return 0;
}

/** Makes the machine that the control plane runs on one of its hosts. */
async function makeOwn(remote: Remote, name: string, command: string): Promise<void> {
  const hosts = await remote.get<FleetHost[]>("/v1/hosts");
  if (!hosts.some((host) => host.name === name)) await remote.put(`/v1/hosts/${name}`, { labels: {}, command });
  const { bus } = await remote.get<{ bus: boolean }>("/v1/whoami");
  if (!bus) becomeMember(localHost, { host: name });
  else {
    const { token } = await remote.post<{ token: string }>(`/v1/hosts/${name}/token`, {});
    await joinEstate(localHost, token);
  }
}
