import type { Needs } from "../model/daemon.ts";
import type { Facts } from "../model/facts.ts";
import type { Item } from "../model/item.ts";
import { keepRunning, sharedRunDirectory } from "./unit.ts";

/** Where servers write the log that sites with `logs: shared` have in common. */
export const sharedLogDirectory = "/var/log/upkeep";

/** Splits the shared logs as lines come in, while any site needs it. */
export function logSplitter(needs: Needs, { program, init, settings }: Facts): readonly Item[] {
  if (![...needs.keys()].some((need) => need.endsWith(" shared"))) return [];
  const service = keepRunning(
    {
      name: "upkeep-logs",
      description: "Upkeep: splits the shared access log into the sites' own",
      header: ["Managed by Upkeep: for sites with `logs: shared`."],
      command: {
        user: "root",
        group: "root",
        umask: 0o027,
        argv: [program, "logs", "split", "--follow"],
        runtimeDirectory: "upkeep-logs",
      },
      // It needs root for the sites' log directories, and nothing else of root.
      hardening: [
        "CapabilityBoundingSet=CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_CHOWN CAP_FOWNER",
        "PrivateNetwork=yes",
        "ProtectSystem=strict",
        `ReadWritePaths=${sharedLogDirectory} /var/lib/upkeep ${settings.sites.directory} /run/upkeep -/root/.cache`,
      ],
    },
    init,
  );
  return [...sharedRunDirectory("upkeep-logs", init), ...service];
}
