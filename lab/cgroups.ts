import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";

/*
 * A control group for each host, see cgroups(7). Without one, hosts would share those of this process: a systemd that ends
 * all processes of a service (cgroup.kill) would end those of the same service in every other host.
 */

const room = "upkeep-lab";

/** Where this process is in the hierarchies that systemd tells services apart by: its own of version 1, and version 2. */
function ownGroups(): readonly string[] {
  const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n");
  const mountOf = (isIt: (type: string, options: string) => boolean) =>
    mounts.map((line) => line.split(" ")).find(([, , type, options]) => isIt(type ?? "", options ?? ""))?.[1];
  return readFileSync("/proc/self/cgroup", "utf8")
    .split("\n")
    .flatMap((line) => {
      const [, name, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
      const mount =
        name === ""
          ? mountOf((type) => type === "cgroup2")
          : name === "name=systemd"
            ? mountOf((type, options) => type === "cgroup" && options.split(",").includes("name=systemd"))
            : undefined;
      return mount === undefined ? [] : [join(mount, path!)];
    });
}

/** Runs a program in the control groups of a host. The program is this one's child, and so is everything in the host. */
export function inGroupsOf(keeper: number, host: string, argv: readonly string[]): readonly [string, ...string[]] {
  const groups = ownGroups().map((group) => join(group, room, `${keeper}-${host}`));
  for (const group of groups) mkdirSync(group, { recursive: true });
  // Only the process itself can say which it is before anything has begun.
  const enter = 'while [ "$1" != -- ]; do echo $$ > "$1/cgroup.procs"; shift; done; shift; exec "$@"';
  return ["sh", "-c", enter, "sh", ...groups, "--", ...argv];
}

/** Takes away the groups of hosts that are gone. */
export function tidyGroups(): void {
  for (const all of ownGroups().map((group) => join(group, room)))
    for (const name of existsSync(all) ? readdirSync(all) : [])
      if (!existsSync(`/proc/${Number.parseInt(name, 10)}`)) remove(join(all, name));
}

function remove(group: string): void {
  try {
    for (const { name } of readdirSync(group, { withFileTypes: true }).filter((entry) => entry.isDirectory()))
      remove(join(group, name));
    rmdirSync(group);
  } catch {
    // Something in it is still ending, or somebody else was first.
  }
}
