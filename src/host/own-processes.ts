import { isRestarted, parseUnits, troubleOf, type UnitProperties, unitProperties } from "../model/unit-state.ts";
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

export interface OwnProcesses {
  readonly all: readonly OwnProcess[];
  /** Why nobody knows how they fare; nothing: it is known. */
  readonly unknown?: string;
}

const unitDirectory = "/etc/systemd/system";

/** What systemd says beside what a program says. */
const lines = 20;

/** Milliseconds that systemd may take to answer. */
const patience = 10_000;

/** Minutes in which starts by systemd are counted: one now and then, over months, is no trouble. */
const countedOver = 5;

/** Whoever writes to the journal says any field but those that begin with an underscore, see systemd.journal-fields(7). */
const ofSystemd = ["_PID=1"] as const;

/** Of the journal's entries, that systemd starts a unit again (`SD_MESSAGE_UNIT_RESTART_SCHEDULED`, sd-messages.h). */
const restartScheduled = "5eb03494b6584870a536b337290809b3";

/**
 * How Upkeep's own services fare, as the service manager says. `expected`: those that are to run here, for machines
 * without a service manager, which know of none.
 */
export async function lookAtOwnProcesses(host: Host, expected: () => readonly string[]): Promise<OwnProcesses> {
  return hasSystemd(host) ? askSystemd(host) : { all: lookAtPidFiles(host, expected()) };
}

async function askSystemd(host: Host): Promise<OwnProcesses> {
  // Those that nothing has loaded yet are named; of templates there is nothing to ask.
  const named = host.files.list(unitDirectory).filter((name) => /^upkeep[\w.-]*\.service$/.test(name));
  const properties = `--property=${unitProperties.join(",")}`;
  const asked = await host.processes.run(
    ["systemctl", "show", "--timestamp=unix", properties, "--", "upkeep*.service", ...named],
    { timeout: patience },
  );
  if (asked.code !== 0) {
    const words = lastWordsOf(asked.stderr);
    return { all: [], unknown: `systemd does not say how they fare${words === "" ? "" : `: ${words}`}` };
  }
  const units = new Map(parseUnits(asked.stdout).map((unit) => [unit.Id!, unit]));
  const loaded = [...units.values()].filter(({ LoadState }) => LoadState === "loaded");
  return { all: await Promise.all(loaded.map((unit) => lookAt(host, unit))) };
}

async function lookAt(host: Host, unit: UnitProperties): Promise<OwnProcess> {
  const name = unit.Id!.replace(/\.service$/, "");
  const restarts = isRestarted(unit) ? await restartsOf(host, unit.Id!) : undefined;
  const trouble = troubleOf(
    unit,
    host.clock.now(),
    restarts === undefined ? undefined : { times: restarts, minutes: countedOver },
  );
  if (trouble === undefined) return { name };
  const words = await lastWordsIn(host, unit.Id!);
  return { name, trouble: words === "" ? trouble : `${trouble}: ${words}` };
}

/** How often systemd has started it again lately; `undefined` where the journal keeps nothing of what systemd says. */
async function restartsOf({ processes }: Pick<Host, "processes">, unit: string): Promise<number | undefined> {
  const { code, stdout } = await processes.run(
    [
      "journalctl",
      ...["--quiet", "--no-pager", "--output=json", "--output-fields=MESSAGE_ID"],
      ...[`--since=-${countedOver}min`, ...ofSystemd, `UNIT=${unit}`],
    ],
    { timeout: patience },
  );
  if (code !== 0 || stdout.trim() === "") return undefined;
  return stdout.split("\n").filter((line) => line.includes(restartScheduled)).length;
}

/** Of the unit's own processes, and where there are none, what systemd says of why it cannot start one. */
async function lastWordsIn({ processes }: Pick<Host, "processes">, unit: string): Promise<string> {
  const said = async (...matches: readonly string[]) => {
    const { stdout } = await processes.run(
      ["journalctl", "--quiet", "--no-pager", "--output=cat", `--lines=${lines}`, ...matches],
      { timeout: 5_000 },
    );
    return stdout;
  };
  return lastWordsOf(await said(`_SYSTEMD_UNIT=${unit}`)) || lastWordsOf(await said(...ofSystemd, `UNIT=${unit}`));
}

const lookAtPidFiles = (host: Host, expected: readonly string[]): readonly OwnProcess[] =>
  expected.map((name) =>
    masterOf(host, { pidFile: `/run/${name}.pid` }) === undefined ? { name, trouble: "does not run" } : { name },
  );
