/*
 * Whether a service of Upkeep's own is well, as systemd tells it (systemctl(1), `show`). Pure: what was told goes in.
 */

/** What systemd tells of a unit: `ActiveState` and the like. */
export type UnitProperties = Readonly<Record<string, string>>;

export const unitProperties = [
  ...["Id", "LoadState", "UnitFileState", "ActiveState", "SubState", "Result", "Type"],
  ...["ExecMainCode", "ExecMainStatus", "NRestarts", "ActiveEnterTimestamp"],
] as const;

/** Milliseconds: one that has been started again and again is well when it has run for so long. */
const longLife = 30_000;

/** So many starts by systemd are no accident. */
const manyStarts = 3;

/** How often systemd has started a service again within so many minutes. */
export interface Restarts {
  readonly times: number;
  readonly minutes: number;
}

/** Whether it is worth asking how often it was started again lately: systemd's own count is over months. */
export const isRestarted = ({ NRestarts = "0" }: UnitProperties): boolean => Number(NRestarts) + 1 >= manyStarts;

/**
 * Why a service is not well; `undefined`: it is, or it is none that has to run. `lately`: unless that is known, all that
 * systemd has counted is taken.
 */
export function troubleOf(unit: UnitProperties, now: number, lately?: Restarts): string | undefined {
  const { LoadState, ActiveState, SubState, Type, UnitFileState, Id = "" } = unit;
  if (LoadState !== "loaded") return undefined;
  const restarts = lately?.times ?? Number(unit.NRestarts ?? 0);
  const within = lately ? `times within ${lately.minutes} minutes` : "times so far";
  const since = Number(/^@(\d+)/.exec(unit.ActiveEnterTimestamp ?? "")?.[1] ?? 0) * 1000;
  if (ActiveState === "failed") return `has failed (${endOf(unit)})`;
  if (Type === "oneshot") return undefined;
  if (SubState === "auto-restart")
    return restarts + 1 < manyStarts ? undefined : `ends again and again, ${restarts + 1} ${within} (${endOf(unit)})`;
  if (ActiveState === "active" && restarts >= manyStarts && now - since < longLife)
    return `ends again and again, ${restarts} ${within}`;
  // A run that waits for a person ends, and is started by what goes on with it.
  const isToRun = UnitFileState === "enabled" && !Id.includes("@");
  if (ActiveState === "inactive" && isToRun) return "does not run: somebody has stopped it";
  return undefined;
}

/** `exit-code, 203`. */
const endOf = ({ Result = "", ExecMainStatus = "" }: UnitProperties): string =>
  [Result, ...(["", "0"].includes(ExecMainStatus) ? [] : [ExecMainStatus])].join(", ");

/** What `systemctl show` prints of several units. */
export const parseUnits = (text: string): readonly UnitProperties[] =>
  text
    .split(/\n{2,}/)
    .map((block) =>
      Object.fromEntries(
        block
          .split("\n")
          .filter((line) => line.includes("="))
          .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
      ),
    )
    .filter(({ Id }) => Id !== undefined);
