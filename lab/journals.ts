import { cpSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { LabHost } from "./host.ts";

/** Where journals of hosts are kept when their lab is closed; the runner of the tests says so, and throws away those of tests that passed. */
const directory = process.env.UPKEEP_TEST_JOURNALS;

/** So many labs this process has closed. */
let labs = 0;

/** Keeps what hosts have written down, since nothing of a lab outlives it. A host that is off has nothing to give. */
export function keepJournals(hosts: readonly LabHost[]): void {
  if (!directory) return;
  labs++;
  for (const host of hosts)
    for (const place of ["/run/log/journal", "/var/log/journal"]) {
      const found = host.path(place);
      if (!existsSync(found)) continue;
      const target = join(directory, `${labs}-${host.name}`);
      try {
        mkdirSync(target, { recursive: true });
        cpSync(found, target, { recursive: true });
      } catch {
        // It is being switched off.
      }
    }
}
