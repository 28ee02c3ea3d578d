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

/** Why a service is not well; `undefined`: it is, or it is none that has to run. */
export function troubleOf(unit: UnitProperties, now: number): string | undefined {
  const { LoadState, ActiveState, SubState, Type, UnitFileState, Id = "" } = unit;
  if (LoadState !== "loaded") return undefined;
  const restarts = Number(unit.NRestarts ?? 0);
  const since = Number(/^@(\d+)/.exec(unit.ActiveEnterTimestamp ?? "")?.[1] ?? 0) * 1000;
  if (ActiveState === "failed") return `has failed (${endOf(unit)})`;
  if (Type === "oneshot") return undefined;
  if (SubState === "auto-restart")
    return restarts + 1 < manyStarts
      ? undefined
      : `ends again and again, ${restarts + 1} times so far (${endOf(unit)})`;
  if (ActiveState === "active" && restarts >= manyStarts && now - since < longLife)
    return `ends again and again, ${restarts} times so far`;
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
