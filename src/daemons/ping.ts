import type { Needs } from "../model/daemon.ts";
import type { Item } from "../model/item.ts";
import { pingFile, pingSetting } from "../model/ping.ts";
import { systemFile } from "./system-items.ts";

/** What a resource asks for that wants addresses pinged. */
export const pingNeed = "ping";

/** ping(8), and the right to use it for those without any other: Debian 12 gives it with a capability, which they may not take. */
export const ping = (needs: Needs): readonly Item[] =>
  needs.has(pingNeed)
    ? [
        { type: "package", name: "iputils-ping" },
        systemFile(
          pingFile,
          `# Managed by Upkeep: for pools whose check is \`icmp\`.\n# Who has no rights may ping, see icmp(7).\n${pingSetting} = 0 2147483647\n`,
        ),
      ]
    : [];
