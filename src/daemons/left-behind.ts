import { nextSerial, styleOf } from "../model/serial.ts";
import { authorityIn, isAdopted, releaseZone } from "./bind/zone-file.ts";
import { withoutOurs } from "./insert.ts";

/**
 * What is left of a file of someone else when our lines go. A zone gets a serial ahead of the one that it has had
 * meanwhile, which stands in a file of ours; else secondaries would take it for an old one.
 */
export function leftBehind(text: string, read: (path: string) => string | undefined, now: number): string {
  const adopted = isAdopted(text);
  if (!adopted) return withoutOurs(text);
  const theirs = releaseZone(text);
  const { zone, soa } = adopted;
  const [stated, served] = [authorityIn(theirs, zone), authorityIn(read(soa) ?? "", zone)];
  if (!stated || !served) return theirs;
  const serial = nextSerial(served.serial, styleOf(served.serial, now), now);
  const { first, last } = stated.record;
  return theirs
    .split("\n")
    .map((line, index) =>
      index >= first && index <= last
        ? line.replace(new RegExp(`(?<![\\w.-])${stated.serial}(?![\\w.-])`), String(serial))
        : line,
    )
    .join("\n");
}
