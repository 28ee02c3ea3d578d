import type { MaintenanceSpec } from "./schema.ts";

type Window = Partial<Pick<MaintenanceSpec, "active" | "from" | "until">>;

/** Whether the switch is to be on at a time (milliseconds since 1970). */
export function isOn({ active, from, until }: Window, now: number): boolean {
  const hasBegun = from === undefined || Date.parse(from) <= now;
  const hasEnded = until !== undefined && Date.parse(until) <= now;
  return (active ?? (from !== undefined || until !== undefined)) && hasBegun && !hasEnded;
}

/** When the switch next moves by itself. */
export function nextMove(window: Window, now: number): number | undefined {
  const moves = [window.from, window.until].flatMap((at) => (at === undefined ? [] : [Date.parse(at)]));
  return moves
    .filter((at) => at > now && isOn(window, at) !== isOn(window, at - 1))
    .sort((one, other) => one - other)[0];
}
