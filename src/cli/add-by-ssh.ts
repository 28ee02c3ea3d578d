import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Remote } from "../host/control-client.ts";
import { installation } from "../host/installation.ts";
import { Ssh } from "../host/ssh.ts";
import { UserError } from "../model/problem.ts";
import type { Terminal } from "./command.ts";
import type { HostShown } from "./estate-views.ts";

/** Where Upkeep goes on the other machine, unless told otherwise. */
export const usualPlace = "/opt/upkeep";

/** Milliseconds until a new host must have reported. */
const patience = 60_000;

/** Makes a machine a host, over ssh: copies Upkeep there, gives it credentials, and waits until it reports. */
export async function addBySsh(
  remote: Remote,
  name: string,
  target: string,
  place: string,
  { progress, remark }: Terminal,
): Promise<void> {
  if (!/^(\/[A-Za-z0-9._-]+)+$/.test(place))
    throw new UserError(`--to takes the absolute path of a directory, not "${place}"`);
  const ssh = new Ssh(target);
  progress(`asks ${target}`);
  const [id, machine] = (await ssh.must("id -u && uname -m")).trim().split("\n");
  if (id !== "0") throw new UserError(`${target} is not root there; the agent has to be`);
  progress(`copies Upkeep to ${target}:${place}`);
  await copyTo(ssh, place, machine === machineHere());
  const { token } = await remote.post<{ token: string }>(`/v1/hosts/${name}/token`, {});
  progress(`installs the agent on ${target}`);
  await ssh.must(`${place}/upkeep install agent --token -`, token);
  progress(`waits for ${name} to report`);
  const deadline = Date.now() + patience;
  for (;;) {
    const host = (await remote.get<HostShown[]>("/v1/hosts")).find((each) => each.name === name);
    if (host?.present && host.seenAt !== undefined) break;
    if (Date.now() > deadline) {
      remark((await ssh.run("journalctl -u upkeep-agent -n 10 -o cat")).stdout);
      throw new UserError(`${name} has not reported within ${patience / 1000} s; what its agent says is above`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  progress(undefined);
}

/** As uname(1) calls it. */
const machineHere = (): string => ({ x64: "x86_64", arm64: "aarch64" })[process.arch as string] ?? process.arch;

/** All that runs, without what is for development. On another kind of machine Upkeep fetches its own runtime. */
async function copyTo(ssh: Ssh, place: string, isSameMachine: boolean): Promise<void> {
  const { devDependencies } = JSON.parse(readFileSync(join(installation, "package.json"), "utf8")) as {
    devDependencies: Readonly<Record<string, string>>;
  };
  const whole = ["upkeep", "package.json", "package-lock.json", ".npmrc", "src", "lab", "build", "examples"];
  const names = [...whole, ...(isSameMachine ? ["node_modules"] : [])].filter((each) =>
    existsSync(join(installation, each)),
  );
  const left = Object.keys(devDependencies).map((each) => `node_modules/${each}`);
  const unpack = `set -e; rm -rf ${place}.new; mkdir -p ${place}.new; tar -xz -C ${place}.new; rm -rf ${place}.old; if test -e ${place}; then mv ${place} ${place}.old; fi; mv ${place}.new ${place}; rm -rf ${place}.old`;
  await ssh.send(installation, names, [...left, "node_modules/@typescript", "build/program-*"], unpack);
}
