import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../src/host/host.ts";
import { localHost } from "../src/host/local.ts";
import { processState } from "../src/host/processes.ts";
import { labDirectory } from "./directory.ts";
import { attach, bootHost, type LabHost } from "./host.ts";
import { type LabRelease, labRelease, usualRelease } from "./releases.ts";
import { must } from "./run.ts";
import { type BootOptions, closeWorld, makeOf, openWorld, type World } from "./world.ts";

/*
 * The lab of the command line: it stays up until `lab down`, and is found again through a file.
 */

interface StandingHost {
  readonly number: number;
  readonly pid: number;
  readonly release: LabRelease["codename"];
}

interface Standing {
  readonly world: World;
  /** When the keeper started, so that its number cannot be mistaken after a reboot. */
  readonly startedAt: string;
  readonly hosts: Readonly<Record<string, StandingHost>>;
}

const stateFile = join(labDirectory, "standing.json");

/** The lab that is up, if one is. */
function standing(): Standing | undefined {
  if (!existsSync(stateFile)) return undefined;
  const state = JSON.parse(readFileSync(stateFile, "utf8")) as Standing;
  return processState(state.world.keeper)?.startedAt === state.startedAt ? state : undefined;
}

function save(state: Standing): void {
  mkdirSync(labDirectory, { recursive: true });
  writeFileSync(stateFile, JSON.stringify(state, undefined, 2));
}

/** Boots hosts, beside those that are up already. */
export async function up(
  names: readonly string[],
  { release = usualRelease, ...options }: BootOptions & { readonly release?: LabRelease },
  progress: (text: string) => void,
): Promise<LabHost[]> {
  const make = await makeOf({ release }, progress);
  let state = standing();
  if (!state) {
    const world = await openWorld({ lasting: true, progress });
    state = { world, startedAt: processState(world.keeper)!.startedAt, hosts: {} };
    save(state);
  }
  const { world, hosts } = state;
  const highest = Math.max(9, ...Object.values(hosts).map(({ number }) => number));
  const fresh = names.filter((name) => !hosts[name]);
  const booted = await Promise.all(
    fresh.map((name, index) => bootHost(world, make, name, highest + 1 + index, options)),
  );
  const added = Object.fromEntries(
    booted.map(({ name, address, pid }): [string, StandingHost] => [
      name,
      { number: Number(address.split(".").at(-1)), pid, release: release.codename },
    ]),
  );
  save({ ...state, hosts: { ...hosts, ...added } });
  return names.map(host);
}

/** A host that is up; throws if it is not. */
export function host(name: string): LabHost {
  const found = standing()?.hosts[name];
  if (!found || !processState(found.pid)) throw new Error(`no host ${name} is up; boot it with: upkeep lab up ${name}`);
  return attach(labRelease(found.release), name, found.number, found.pid);
}

export const hostNames = (): string[] => Object.keys(standing()?.hosts ?? {});

/** Pulls a host's network cable, or puts it back. */
export async function plug(name: string, state: "up" | "down"): Promise<void> {
  host(name);
  const { world } = standing()!;
  await must([
    "nsenter",
    `--target=${world.keeper}`,
    "--net",
    "--",
    "ip",
    "link",
    "set",
    `vb-${name}`.slice(0, 15),
    state,
  ]);
}

/** Ends a host as a power failure would. */
export async function kill(name: string): Promise<void> {
  const { pid } = host(name);
  process.kill(pid, "SIGKILL");
  await until(localHost.clock, 10_000, () => !processState(pid));
  const state = standing()!;
  const { [name]: _, ...hosts } = state.hosts;
  save({ ...state, hosts });
}

/** Ends everything; the kernel takes down mounts, processes and networks with the one process that holds them. */
export async function down(): Promise<void> {
  const state = standing();
  rmSync(stateFile, { force: true });
  if (!state) return;
  closeWorld(state.world);
  await until(localHost.clock, 10_000, () => !processState(state.world.keeper));
}
