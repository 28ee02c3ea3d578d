import type { Host } from "../../host/host.ts";
import type { Site } from "../../kinds/site/layout.ts";
import type { Answers } from "../../model/move.ts";

/** Of the combined log format: when, and with which status. */
const line = /\[(\d+)\/(\w+)\/(\d+):([\d:]+ [+-]\d{4})\] "[^"]*" ([1-5])\d\d /g;

/** How many answers sites gave since a time (milliseconds since 1970), by the first digit of the status; of a busy log, the last megabyte. */
export function answersSince({ files }: Pick<Host, "files">, sites: readonly Site[], since: number): Answers {
  const counts: Record<string, number> = {};
  for (const { logDirectory } of sites) {
    const log = `${logDirectory}/access.log`;
    const text = files.readFrom(log, Math.max(0, (files.stat(log)?.size ?? 0) - (1 << 20))) ?? "";
    for (const [, day, month, year, time, status] of text.matchAll(line))
      if (Date.parse(`${day} ${month} ${year} ${time}`) >= since) counts[status!] = (counts[status!] ?? 0) + 1;
  }
  return counts;
}
