import { type ChildProcess, spawn } from "node:child_process";
import { until } from "../src/host/host.ts";
import { localHost } from "../src/host/local.ts";
import { childrenOf, processState } from "../src/host/processes.ts";
import { must } from "./run.ts";

/** A process that holds namespaces; when it ends, the kernel ends every process in them and takes down every mount. */
export interface Namespaces {
  readonly keeper: number;
  /** Runs a program with their mounts. */
  inside(...argv: readonly [string, ...string[]]): Promise<string>;
}

/**
 * Makes namespaces for mounts and processes, and one for the network where `network` says so. `lasting`: they outlive the
 * process that made them.
 */
export async function holdNamespaces({ lasting = false, network = false } = {}): Promise<Namespaces> {
  const own = ["--mount", ...(network ? ["--net"] : []), "--pid", "--fork", "--kill-child", "--mount-proc"];
  const unshare = ["unshare", ...own, "--propagation", "private", "sleep", "infinity"];
  const argv = lasting ? unshare : ["setpriv", "--pdeathsig", "KILL", ...unshare];
  const child = spawn(argv[0]!, argv.slice(1), { stdio: "ignore", detached: true });
  child.unref();
  const keeper = await keeperOf(child);
  const entered = ["--mount", ...(network ? ["--net"] : [])];
  return { keeper, inside: (...command) => must(["nsenter", `--target=${keeper}`, ...entered, "--", ...command]) };
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

export function endNamespaces({ keeper }: Pick<Namespaces, "keeper">): void {
  try {
    process.kill(keeper, "SIGKILL");
  } catch {
    // It is gone already.
  }
}
