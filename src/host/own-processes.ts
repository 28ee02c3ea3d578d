import { parseUnits, troubleOf, unitProperties } from "../model/unit-state.ts";
import type { Host } from "./host.ts";
import { lastWordsOf } from "./last-words.ts";
import { hasSystemd, masterOf } from "./services.ts";

/** A service of Upkeep's own on this machine. */
export interface OwnProcess {
  /** `upkeep-watches`. */
  readonly name: string;
  /** Why it is not well, with its own last words; nothing: it is. */
  readonly trouble?: string;
}

const unitDirectory = "/etc/systemd/system";

/** What systemd says beside what a program says. */
const lines = 20;

/**
 * How Upkeep's own services fare, as the service manager says. `expected`: those that are to run here, for machines
 * without a service manager, which know of none.
 */
export async function lookAtOwnProcesses(
  host: Host,
  expected: () => readonly string[],
): Promise<readonly OwnProcess[]> {
  return hasSystemd(host) ? askSystemd(host) : lookAtPidFiles(host, expected());
}

async function askSystemd(host: Host): Promise<readonly OwnProcess[]> {
  // Those that nothing has loaded yet are named; of templates there is nothing to ask.
  const named = host.files.list(unitDirectory).filter((name) => /^upkeep[\w.-]*\.service$/.test(name));
  const { stdout } = await host.processes.run([
    "systemctl",
    "show",
    "--timestamp=unix",
    `--property=${unitProperties.join(",")}`,
    "--",
    "upkeep*.service",
    ...named,
  ]);
  const units = new Map(parseUnits(stdout).map((unit) => [unit.Id!, unit]));
  return Promise.all(
    [...units.values()]
      .filter(({ LoadState }) => LoadState === "loaded")
      .map(async (unit): Promise<OwnProcess> => {
        const name = unit.Id!.replace(/\.service$/, "");
        const trouble = troubleOf(unit, host.clock.now());
        if (trouble === undefined) return { name };
        const words = await lastWordsIn(host, unit.Id!);
        return { name, trouble: words === "" ? trouble : `${trouble}: ${words}` };
      }),
  );
}

/** Of the unit's own processes, and where there are none, what systemd says of why it cannot start one. */
async function lastWordsIn({ processes }: Pick<Host, "processes">, unit: string): Promise<string> {
  const said = async (match: string) => {
    const { stdout } = await processes.run(
      ["journalctl", "--quiet", "--no-pager", "--output=cat", `--lines=${lines}`, match],
      { timeout: 5_000 },
    );
    return stdout;
  };
  return lastWordsOf(await said(`_SYSTEMD_UNIT=${unit}`)) || lastWordsOf(await said(`UNIT=${unit}`));
}

const lookAtPidFiles = (host: Host, expected: readonly string[]): readonly OwnProcess[] =>
  expected.map((name) =>
    masterOf(host, { pidFile: `/run/${name}.pid` }) === undefined ? { name, trouble: "does not run" } : { name },
  );
