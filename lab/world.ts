import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../src/host/host.ts";
import { localHost } from "../src/host/local.ts";
import { childrenOf, processState } from "../src/host/processes.ts";
import { ensureExtended } from "./base.ts";
import { labDirectory } from "./directory.ts";
import { must } from "./run.ts";

/**
 * A network of hosts with no way out. One process holds the namespaces for mounts, processes and network; when it ends,
 * however it ends, the kernel ends every host in it and takes down every mount.
 */
export interface World {
  /** The process that holds everything. */
  readonly keeper: number;
  readonly base: string;
}

/** A host takes a dozen instances of inotify(7), and all hosts are the same root to the kernel. */
const inotify = { file: "/proc/sys/fs/inotify/max_user_instances", enough: 1024 };

/** `lasting`: outlives the process that opened it, for the command line. */
export async function openWorld({
  lasting = false,
  progress = (_text: string) => {},
  extra = [] as readonly string[],
} = {}): Promise<World> {
  const base = await ensureExtended(extra, progress);
  mkdirSync(join(labDirectory, "compile-cache"), { recursive: true });
  allowInotify(progress);
  const unshare = [
    "unshare",
    "--mount",
    "--net",
    "--pid",
    "--fork",
    "--kill-child",
    "--mount-proc",
    "--propagation",
    "private",
    "sleep",
    "infinity",
  ];
  const argv = lasting ? unshare : ["setpriv", "--pdeathsig", "KILL", ...unshare];
  const child = spawn(argv[0]!, argv.slice(1), { stdio: "ignore", detached: true });
  child.unref();
  const keeper = await keeperOf(child);
  const inside = (...command: string[]) =>
    must(["nsenter", `--target=${keeper}`, "--mount", "--net", "--", ...command] as [string, ...string[]]);
  await inside("mount", "-t", "tmpfs", "-o", "mode=0755,size=75%", "tmpfs", "/mnt");
  await inside("ip", "link", "set", "lo", "up");
  await inside("ip", "link", "add", "br0", "type", "bridge");
  await inside("ip", "link", "set", "br0", "up");
  await inside("ip", "address", "add", "198.51.100.1/24", "dev", "br0");
  return { keeper, base };
}

/** Linux allows 128 unless told otherwise; two tests at once need more. */
function allowInotify(progress: (text: string) => void): void {
  const { file, enough } = inotify;
  if (Number(readFileSync(file, "utf8")) >= enough) return;
  try {
    writeFileSync(file, String(enough));
  } catch (error) {
    progress(`ten hosts and more need ${file} to be ${enough}, which could not be set: ${(error as Error).message}`);
  }
}

/** The first process inside: the child of unshare, once it is `sleep`. */
async function keeperOf(child: ChildProcess): Promise<number> {
  const find = (pid: number): number | undefined =>
    processState(pid)?.name === "sleep"
      ? pid
      : childrenOf(pid)
          .map(find)
          .find((found) => found !== undefined);
  const keeper = await until(localHost.clock, 10_000, () => find(child.pid!));
  if (!keeper)
    throw new Error("unshare(1) could not make the lab's namespaces; the lab needs root and a kernel that allows them");
  return keeper;
}

export function closeWorld({ keeper }: World): void {
  try {
    process.kill(keeper, "SIGKILL");
  } catch {
    // It is gone already.
  }
}

export interface BootOptions {
  /** Which web server the host starts with. */
  readonly server: "apache2" | "nginx" | "none";
  /** A file, not there yet, for an ext4 of the host's own; without it, what the host writes is kept in memory. */
  readonly disk?: string;
}
