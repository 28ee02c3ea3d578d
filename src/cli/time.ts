import { moment } from "../kinds/maintenance/moment.ts";
import { milliseconds, roughly } from "../model/duration.ts";
import { UserError } from "../model/problem.ts";

/** `30m`, `1h30m`, `2d` in milliseconds. */
export function durationOf(text: string): number {
  const length = milliseconds(text);
  if (!length) throw new UserError(`"${text}" is no length of time; say 90s, 30m, 1h30m or 2d`);
  return length;
}

/** `14:00` is the next time that it is so here; anything else is a time as in a record. */
export function timeOf(text: string, now: number): string {
  const clock = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (clock) {
    const at = new Date(now);
    at.setHours(Number(clock[1]), Number(clock[2]), 0, 0);
    if (at.getTime() <= now) at.setDate(at.getDate() + 1);
    return at.toISOString();
  }
  const result = moment(text);
  if ("problem" in result) throw new UserError(`--until: ${result.problem}, or just "14:00"`);
  return result.at;
}

/** `2026-11-21 14:00 UTC+01:00`, in this machine's time zone. */
export function localTime(at: number): string {
  const offset = -new Date(at).getTimezoneOffset();
  const shifted = new Date(at + offset * 60_000).toISOString();
  const sign = offset < 0 ? "-" : "+";
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60].map((part) =>
    String(part).padStart(2, "0"),
  );
  const seconds = shifted.slice(16, 19) === ":00" ? "" : shifted.slice(16, 19);
  return `${shifted.slice(0, 10)} ${shifted.slice(11, 16)}${seconds} ${offset === 0 ? "UTC" : `UTC${sign}${hours}:${minutes}`}`;
}

/** `40 s ago`, `3 h ago`. */
export const ago = (at: number): string => `${roughly(Date.now() - at)} ago`;
