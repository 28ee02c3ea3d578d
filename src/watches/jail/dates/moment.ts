import { monthOf } from "./directives.ts";
import { minutesEast } from "./zones.ts";

/** What a date pattern has found, by the letters of strptime(3). */
export type Fields = Readonly<Record<string, string | undefined>>;

/** What is to be assumed where a log does not say. */
export interface Assumed {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Minutes east of Greenwich; where it is left out, this machine's zone. */
  readonly zone?: number;
}

const day = 86_400_000;

/**
 * Milliseconds since 1970, of whole seconds. A log without years speaks of the year that has been: what would be more
 * than a day ahead was a year ago; one without days of the day that has been.
 */
export function momentOf(fields: Fields, { now, zone }: Assumed): number | undefined {
  const number = (letter: string) => (fields[letter] === undefined ? undefined : Number(fields[letter]));
  const today = new Date(now);
  const short = number("y");
  const year = number("Y") ?? (short === undefined ? undefined : short + 2000);
  const named = fields.b ?? fields.B;
  let month = named === undefined ? number("m") : monthOf(named);
  let date = number("d");
  const ofYear = number("j");
  if (ofYear !== undefined && (month === undefined || date === undefined)) [month, date] = [1, ofYear];
  const isDayAssumed = month === undefined && date === undefined;
  if (isDayAssumed) [month, date] = [today.getMonth() + 1, today.getDate()];
  if (month === undefined || date === undefined) return undefined;
  const written = fields.z ?? fields.Z;
  const east = (written === undefined ? undefined : minutesEast(written)) ?? zone;
  const of = (inYear: number) => {
    const at = [inYear, month - 1, date, hourOf(fields), number("M") ?? 0, number("S") ?? 0] as const;
    return east === undefined ? new Date(...at).getTime() : Date.UTC(...at) - east * 60_000;
  };
  const moment = of(year ?? today.getFullYear());
  if (Number.isNaN(moment)) return undefined;
  if (isDayAssumed && moment > now) return moment - day;
  return year === undefined && moment > now + day ? of(today.getFullYear() - 1) : moment;
}

function hourOf({ H, I, p = "" }: Fields): number {
  if (I === undefined) return Number(H ?? 0);
  return (Number(I) % 12) + (p.toLowerCase() === "pm" ? 12 : 0);
}
