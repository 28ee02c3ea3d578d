import { openLineCounter } from "../host/count-lines.ts";
import { loadNow } from "../host/machine.ts";
import { rhythm } from "../host/pace.ts";
import type { Upkeep } from "./upkeep.ts";

/** How busy a host is. */
export interface Sample {
  /** The average of one minute (getloadavg(3)). */
  readonly load: number;
  /** That web servers have logged, a second. */
  readonly requests?: number;
}

/** Milliseconds over which requests are counted. */
const span = rhythm(60_000);

/** What this host does, as its heartbeat tells it: worked out once a minute. */
export function openSampler({ host: { clock }, look }: Pick<Upkeep, "host" | "look">): () => Sample {
  const { directory } = look().settings.sites;
  const count = openLineCounter([
    "/var/log/apache2/*access.log",
    "/var/log/nginx/*access.log",
    `${directory}/*/*/log/access.log`,
  ]);
  let at = clock.now();
  let requests: number | undefined;
  count();
  return () => {
    const now = clock.now();
    if (now - at >= span) {
      requests = Math.round((count() * 100_000) / (now - at)) / 100;
      at = now;
    }
    return { load: Math.round(loadNow() * 100) / 100, ...(requests !== undefined && { requests }) };
  };
}
