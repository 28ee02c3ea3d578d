/*
 * Serial numbers of zones: 32 bits that go round (RFC 1982). A secondary takes a zone whose serial is ahead of its own.
 */

const modulus = 2 ** 32;

/** Whether one is ahead of another; of two that are half the way apart, neither is. */
export const isAhead = (one: number, other: number): boolean => {
  const distance = (one - other + modulus) % modulus;
  return distance > 0 && distance < modulus / 2;
};

export const serialStyles = ["date", "epoch", "count"] as const;
/** `date`: 2026112203, the third of that day. `epoch`: seconds since 1970. `count`: one after the other. */
export type SerialStyle = (typeof serialStyles)[number];

/** How a serial has been counted so far, by what it looks like. `now`: milliseconds since 1970. */
export function styleOf(serial: number, now: number): SerialStyle {
  const day = Math.floor(serial / 100);
  const [year, month, date] = [Math.floor(day / 10_000), Math.floor(day / 100) % 100, day % 100];
  if (year >= 1990 && year <= 2100 && month >= 1 && month <= 12 && date >= 1 && date <= 31) return "date";
  return serial > 800_000_000 && serial <= now / 1000 + 86_400 ? "epoch" : "count";
}

/** The next serial: ahead of the one before, whatever that is and whatever the clock says. */
export function nextSerial(before: number, style: SerialStyle, now: number): number {
  const wanted = style === "epoch" ? Math.floor(now / 1000) : style === "date" ? firstOf(now) : before;
  if (wanted > 0 && isAhead(wanted, before)) return wanted;
  // 0 is no serial for some.
  return (before + 1) % modulus || 1;
}

const firstOf = (now: number): number => Number(new Date(now).toISOString().slice(0, 10).replaceAll("-", "")) * 100;
