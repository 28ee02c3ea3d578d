import { existsSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { dump, loadAll } from "js-yaml";
import { z } from "zod";
import { becomeMember, joinEstate, keepAgent } from "../../agent/join.ts";
import { agentFile, stateDirectory } from "../../agent/state.ts";
import { busDirectory, shared, sharedKeys } from "../../control/bus-keys.ts";
import { type Bundle, estateKey, installServer } from "../../control/install.ts";
import { serverFile } from "../../control/settings.ts";
import type { Remote } from "../../host/control-client.ts";
import { installation } from "../../host/installation.ts";
import { localHost } from "../../host/local.ts";
import { UserError } from "../../model/problem.ts";
import type { FleetHost } from "../../store/fleet-host.ts";
import type { ExitCode, Invocation, Run } from "../command.ts";
import { requireControl } from "../control-here.ts";
import { requireRoot } from "../require-root.ts";

const program = join(installation, "upkeep");

export const run: Run = async (invocation) => {
  const [what] = invocation.positionals;
  requireRoot(`install ${what}`, invocation);
  if (what === "server") return server(invocation);
  if (what === "agent") return agent(invocation);
  if (what === "bundle") return printBundle(invocation);
  if (what === "users") return printUsers(invocation);
  throw new UserError(`say \`upkeep install server\` or \`upkeep install agent\`, not "${what}"`);
};

/** The control plane, and an agent for the machine that it is on. */
async function server(invocation: Invocation): Promise<ExitCode> {
  const { options, terminal } = invocation;
  const { listen, database, cluster, bundle, bus, authority } = options;
  const toRun = await installServer(
    localHost,
    {
      ...(typeof listen === "string" && { listen }),
      ...(typeof database === "string" && { database }),
      ...(typeof cluster === "string" && { cluster: cluster.split(",") }),
      ...(typeof bundle === "string" && { bundle: readBundle(bundle) }),
      ...(typeof bus === "string" && { bus: bus.split(",") }),
      ...(typeof authority === "string" && { authority: resolve(authority) }),
      program,
      formerEstate: `${stateDirectory}/estate.db`,
    },
    (text) => terminal.remark(text),
  );
  if (toRun.length > 0) {
    terminal.print(noSystemd(toRun));
    return 0;
  }
  await requireControl();
  terminal.print("The control plane runs. `upkeep install agent` makes this machine its first host.");
  return 0;
}

const noSystemd = (commands: readonly string[]): string =>
  `There is no systemd here. Have whatever keeps programs running here run as root: ${commands.join(", ")}`;

/** For NATS servers that are not Upkeep's. */
async function printUsers({ terminal }: Invocation): Promise<ExitCode> {
  const users = await (await requireControl()).get<readonly object[]>("/v1/bus/users");
  terminal.remark("Have your NATS servers include this, now and whenever a host has joined or was removed.");
  terminal.print(`authorization: ${JSON.stringify({ users }, undefined, 2)}`);
  return 0;
}

/** For a second machine of a cluster. */
async function printBundle({ terminal }: Invocation): Promise<ExitCode> {
  if (!existsSync(`${busDirectory}/control.seed`))
    throw new UserError(
      "there is no bus of Upkeep's own on this machine; `upkeep install server --listen` sets one up",
    );
  const settings = existsSync(serverFile) ? loadAll(readFileSync(serverFile, "utf8"))[0] : {};
  const { database } = settings as { database?: string };
  terminal.remark("Whoever has this can do what the control plane can: hand it over safely, and delete it then.");
  terminal.print(
    dump({
      ...(database && { database }),
      keys: sharedKeys(localHost),
      estateKey: readFileSync(estateKey, "utf8"),
    }).trimEnd(),
  );
  return 0;
}

const bundleSchema = z.strictObject({
  database: z.string().optional(),
  estateKey: z.string().regex(/^[0-9a-f]{64}\n$/),
  keys: z.partialRecord(z.enum(shared), z.string().min(1)),
});

function readBundle(file: string): Bundle {
  const result = bundleSchema.safeParse(loadAll(readFileSync(file, "utf8"))[0]);
  if (!result.success) throw new UserError(`${file} is not what \`upkeep install bundle\` prints`);
  return result.data as unknown as Bundle;
}

async function agent(invocation: Invocation): Promise<ExitCode> {
  const { options, terminal, typed } = invocation;
  const { token } = options;
  if (typeof token === "string") {
    const name = await joinEstate(localHost, token === "-" ? readFileSync(0, "utf8").trim() : token);
    const runs = await keepAgent(localHost, program);
    terminal.print(`This machine is ${name} now.${runs ? "" : ` ${noSystemd(["upkeep agent"])}`}`);
    return 0;
  }
  if (!existsSync(agentFile)) {
    const remote = await requireControl();
    const name = typeof options.name === "string" ? options.name : hostname().split(".")[0]!.toLowerCase();
    await makeOwn(remote, name, typed);
  }
  const runs = await keepAgent(localHost, program);
  const { readMembership } = await import("../../agent/membership.ts");
  const { host } = readMembership(localHost)!;
  terminal.print(
    runs ? `The agent runs; this machine is ${host}.` : `This machine is ${host}. ${noSystemd(["upkeep agent"])}`,
  );
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
