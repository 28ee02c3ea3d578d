import { spawnSync } from "node:child_process";
import { repositoryInHost } from "../../../lab/directory.ts";
import { execArgv } from "../../../lab/host.ts";
import { labRelease } from "../../../lab/releases.ts";
import * as lab from "../../../lab/standing.ts";
import type { BootOptions } from "../../../lab/world.ts";
import { UserError } from "../../model/problem.ts";
import type { ExitCode, Run } from "../command.ts";
import { requireRoot } from "../require-root.ts";

export const run: Run = async ({ positionals, options, json, terminal: { print, progress, remark }, typed }) => {
  const [verb, ...rest] = positionals;
  requireRoot("lab", { typed });
  const name = rest[0];
  const needsName = () => {
    if (name === undefined)
      throw new UserError(
        `upkeep lab ${verb} needs the name of a host; up are: ${lab.hostNames().join(", ") || "none"}`,
      );
    return name;
  };
  try {
    switch (verb) {
      case "up": {
        const hosts = await lab.up(
          rest.length > 0 ? rest : ["web1"],
          {
            server: (options.server ?? "apache2") as BootOptions["server"],
            ...(options.release !== undefined && { release: labRelease(String(options.release)) }),
          },
          remark,
        );
        progress(undefined);
        print(
          json
            ? JSON.stringify(hosts.map(({ name: host, address }) => ({ name: host, address })))
            : hosts.map(({ name: host, address }) => `${host}  ${address}`).join("\n"),
        );
        return 0;
      }
      case "exec":
        return execute(needsName(), rest.slice(1));
      case "cut":
      case "heal":
        await lab.plug(needsName(), verb === "cut" ? "down" : "up");
        return 0;
      case "kill":
        await lab.kill(needsName());
        return 0;
      case "down":
        await lab.down();
        return 0;
      default:
        throw new UserError(`there is no "lab ${verb}"; there is: up, exec, cut, heal, kill, down`);
    }
  } catch (error) {
    throw error instanceof UserError ? error : new UserError((error as Error).message);
  }
};

/** Runs a program in a host with this terminal, and ends as it does. */
function execute(name: string, command: readonly string[]): ExitCode {
  const { pid } = lab.host(name);
  const argv = execArgv(pid, command.length > 0 ? command : ["bash", "--login"], repositoryInHost);
  const { status } = spawnSync(argv[0]!, argv.slice(1), { stdio: "inherit" });
  return (status ?? 1) as ExitCode;
}
