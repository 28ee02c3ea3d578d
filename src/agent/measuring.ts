import { directorySizes } from "../host/directory-sizes.ts";
import { rhythm } from "../host/pace.ts";
import { layOut } from "../kinds/site/layout.ts";
import { siteSpec } from "../kinds/site/schema.ts";
import type { MeasuredSize } from "../model/report.ts";
import type { DesiredCopy } from "../store/desired-copy.ts";
import type { Upkeep } from "./upkeep.ts";

/** Milliseconds from the start. */
const firstAfter = rhythm(300_000);

/**
 * Measures from time to time how much this host's sites hold, and tells it. Only those that belong to a tenant: of others
 * nobody asks.
 */
export function measureSites(
  upkeep: Upkeep & { readonly copy: DesiredCopy },
  tell: (sizes: readonly MeasuredSize[]) => void,
  log: (text: string) => void,
): { stop(): void } {
  const { copy, host, look } = upkeep;

  async function measure(): Promise<void> {
    const facts = look();
    const byDirectory = new Map<string, MeasuredSize["ref"]>();
    for (const { ref, kind, name, spec, tenant } of await copy.list("Site")) {
      const parsed = tenant === undefined ? undefined : siteSpec.safeParse(spec);
      if (parsed?.success)
        byDirectory.set(layOut({ kind, name, spec: parsed.data }, facts.webServer, facts).directory, ref);
    }
    const sizes = await directorySizes(host, [...byDirectory.keys()]);
    tell([...sizes].map(([directory, bytes]) => ({ ref: byDirectory.get(directory)!, bytes })));
  }

  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const every = look().settings.agent.measureSeconds * 1000;
  const measureIn = (milliseconds: number) => {
    timer = setTimeout(
      () =>
        void measure()
          .catch((error: Error) => log(`how much sites hold is not known: ${error.message}`))
          .finally(() => stopped || measureIn(every)),
      milliseconds,
    );
  };
  // Not while everything else starts, too; and an agent that is often started anew comes to it all the same.
  measureIn(Math.min(every, firstAfter));
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
