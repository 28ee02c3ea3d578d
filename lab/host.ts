import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../src/host/host.ts";
import { installation } from "../src/host/installation.ts";
import { localHost } from "../src/host/local.ts";
import { childrenOf, processState } from "../src/host/processes.ts";
import { inGroupsOf } from "./cgroups.ts";
import { labDirectory, repositoryInHost } from "./directory.ts";
import { paceVariable } from "./pace.ts";
import type { LabRelease } from "./releases.ts";
import { must, type Ran, run } from "./run.ts";
import type { BootOptions, Make, World } from "./world.ts";

/** A booted Debian, with systemd as its first process. */
export interface LabHost {
  readonly name: string;
  readonly address: string;
  readonly release: LabRelease;
  /** Its first process, seen from here. */
  readonly pid: number;
  /** Runs a program in it. */
  exec(argv: readonly [string, ...string[]], input?: string): Promise<Ran>;
  /** A path of its file system, reachable from here. */
  path(inside: string): string;
}

export async function bootHost(
  { keeper }: World,
  { release, layers }: Make,
  name: string,
  number: number,
  { server, disk }: BootOptions,
): Promise<LabHost> {
  const room = `/mnt/${name}`;
  const outside = (path: string) => `/proc/${keeper}/root${path}`;
  mkdirSync(outside(`${room}/root`), { recursive: true });
  const inside = (...argv: string[]) => must(["nsenter", `--target=${keeper}`, "--mount", "--", ...argv]);
  if (disk) {
    // A file system of its own: on one that others use, ext4 looks twice at every inode deleted a minute ago.
    const whole = "lazy_itable_init=0,lazy_journal_init=0";
    const source = layers.length === 1 ? layers[0]! : `${room}/source`;
    if (layers.length > 1) {
      mkdirSync(outside(source));
      await inside("mount", "-t", "overlay", "overlay", "-o", `lowerdir=${layers.join(":")}`, source);
    }
    await inside("mke2fs", "-q", "-t", "ext4", "-E", whole, "-d", source, disk, "8G");
    await inside("mount", "-o", "loop", disk, `${room}/root`);
  } else {
    for (const part of ["upper", "work"]) mkdirSync(outside(`${room}/${part}`), { recursive: true });
    const overlay = `lowerdir=${layers.join(":")},upperdir=${room}/upper,workdir=${room}/work`;
    await inside("mount", "-t", "overlay", "overlay", "-o", overlay, `${room}/root`);
  }
  furnish(outside(`${room}/root`), name, number, server);
  return startHost(keeper, release, name, number);
}

/** Switches a host on that is prepared, or has been switched off. */
export async function startHost(keeper: number, release: LabRelease, name: string, number: number): Promise<LabHost> {
  const argv = inGroupsOf(keeper, name, [
    "nsenter",
    `--target=${keeper}`,
    "--mount",
    "--net",
    "--pid",
    "--",
    "systemd-nspawn",
    "-q",
    "-D",
    `/mnt/${name}/root`,
    "--register=no",
    "--keep-unit",
    "-M",
    name,
    "--network-bridge=br0",
    "--kill-signal=SIGRTMIN+3",
    `--bind-ro=${installation}:${repositoryInHost}`,
    `--bind=${join(labDirectory, "compile-cache")}:/var/cache/upkeep-compiled`,
    "-b",
  ]);
  const env = release.hasUnifiedCgroups ? { ...process.env, SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: "1" } : process.env;
  const words = `/proc/${keeper}/root/mnt/${name}/nspawn.log`;
  const output = openSync(words, "w");
  const child = spawn(argv[0], argv.slice(1), { stdio: ["ignore", output, output], detached: true, env });
  closeSync(output);
  child.unref();
  const pid = await until(localHost.clock, 20_000, () => firstProcess(child.pid!));
  if (!pid) throw new Error(`${name} does not boot: systemd-nspawn started nothing: ${readFileSync(words, "utf8")}`);
  const host = attach(release, name, number, pid);
  await booted(host);
  return host;
}

/** Shuts a host down in good order; its disk stays. */
export async function stopHost(host: LabHost): Promise<void> {
  const isGone = goneOf(host);
  await host.exec(["systemctl", "poweroff"]);
  if (!(await until(localHost.clock, 30_000, isGone))) throw new Error(`${host.name} does not stop`);
}

/** Ends a host as a power cut does: at once, everything in it. */
export async function cutHost(host: LabHost): Promise<void> {
  const isGone = goneOf(host);
  process.kill(host.pid, "SIGKILL");
  if (!(await until(localHost.clock, 30_000, isGone))) throw new Error(`${host.name} does not stop`);
}

/** What has started it holds its disk and its network until it has noticed. Asked for while the host is up. */
function goneOf({ pid }: LabHost): () => boolean {
  const starter = Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1]);
  return () => !processState(pid) && !processState(starter);
}

/** How to run a program in a host whose first process is `pid`. */
export const execArgv = (pid: number, command: readonly string[], directory = "/"): [string, ...string[]] => [
  // There is one clock, and it is the machine's.
  "setpriv",
  "--bounding-set=-sys_time",
  "nsenter",
  `--target=${pid}`,
  "--mount",
  "--uts",
  "--ipc",
  "--net",
  "--pid",
  "--cgroup",
  "--root",
  `--wdns=${directory}`,
  "--",
  "env",
  "-i",
  "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  "HOME=/root",
  "LANG=C.UTF-8",
  `TERM=${process.env.TERM ?? "dumb"}`,
  "NODE_COMPILE_CACHE=/var/cache/upkeep-compiled",
  paceVariable,
  ...command,
];

/** Seconds. Nothing that is run in a host takes as long: it hangs, and shall say so instead of holding up everything. */
const patience = 600;

/** A host that is up already. */
export const attach = (release: LabRelease, name: string, number: number, pid: number): LabHost => ({
  release,
  name,
  address: `198.51.100.${number}`,
  pid,
  exec: (command, input) => run(execArgv(pid, command), input, patience),
  path: (inside) => `/proc/${pid}/root${inside}`,
});

/** nsenter forks, nspawn forks: the host's first process is the first descendant named systemd. */
function firstProcess(pid: number): number | undefined {
  for (const child of childrenOf(pid)) {
    const found = processState(child)?.name === "systemd" ? child : firstProcess(child);
    if (found) return found;
  }
  return undefined;
}

async function booted(host: LabHost): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    // `--wait` returns when the boot is over; before the bus is there it fails at once.
    const { stdout } = await host.exec(["timeout", "60", "systemctl", "is-system-running", "--wait"]);
    const state = stdout.trim();
    if (state === "running" || state === "degraded") return;
    if (Date.now() > deadline) {
      const { stdout: jobs } = await host.exec(["systemctl", "list-jobs"]);
      throw new Error(`${host.name} does not finish booting: ${state}\n${jobs}`);
    }
    await localHost.clock.pause(20);
  }
}

function furnish(root: string, name: string, number: number, server: BootOptions["server"]): void {
  const write = (path: string, text: string) => {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  write("etc/hostname", `${name}\n`);
  write("etc/hosts", `127.0.0.1 localhost\n198.51.100.${number} ${name}\n`);
  write(
    "etc/systemd/network/10-host0.network",
    `[Match]\nName=host0\n[Network]\nAddress=198.51.100.${number}/24\nLinkLocalAddressing=no\n`,
  );
  write("etc/systemd/system.conf.d/upkeep-lab.conf", `[Manager]\nDefaultEnvironment=${paceVariable}\n`);
  if (server === "none") return;
  const wanted = join(root, `etc/systemd/system/multi-user.target.wants/${server}.service`);
  // A host that is booted again has it from the last time.
  rmSync(wanted, { force: true });
  symlinkSync(`/lib/systemd/system/${server}.service`, wanted);
}
