import { createRequire } from "node:module";
import type { Temporal } from "temporal-polyfill";

const form =
  /^(?<date>\d{4}-\d{2}-\d{2})[T ](?<time>\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(?<offset>Z|[+-]\d{2}:?\d{2})?(?: ?\[?(?<zone>[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*)\]?)?$/;

/**
 * A point in time as people write it, in the form it is stored in: `2026-11-21 22:00` (this machine's time zone),
 * `2026-11-21 22:00 Europe/Berlin`, `2026-11-21T21:00Z` become ISO 8601 with an offset. Where clocks are put back, the
 * earlier of two is meant; where they are put forward, what does not exist is moved on by the gap (RFC 5545, 3.3.5).
 */
export function moment(written: string): { readonly at: string } | { readonly problem: string } {
  const { date, time, offset, zone } = form.exec(written.trim())?.groups ?? {};
  const wanted = 'say it like "2026-11-21 22:00", "2026-11-21 22:00 Europe/Berlin" or "2026-11-21T21:00Z"';
  if (!date || !time) return { problem: `${JSON.stringify(written)} is not a time; ${wanted}` };
  if (offset) {
    const stated = `${date}T${time}${offset}`;
    return Number.isNaN(Date.parse(stated)) ? { problem: `there is no ${written}; ${wanted}` } : { at: stated };
  }
  const temporal = loadTemporal();
  try {
    const zoned = temporal.PlainDateTime.from(`${date}T${time}`, { overflow: "reject" }).toZonedDateTime(
      zone ?? temporal.Now.timeZoneId(),
    );
    return { at: zoned.toString({ smallestUnit: "second", timeZoneName: "never" }) };
  } catch {
    return { problem: `there is no ${written}; ${wanted}` };
  }
}

/** It takes longer to load than most commands take, and most times come with their offset. */
const loadTemporal = (): typeof Temporal =>
  (createRequire(import.meta.url)("temporal-polyfill") as { Temporal: typeof Temporal }).Temporal;
