import { dirname } from "node:path";
import type { AgentBus } from "../bus/bus.ts";
import { watchDirectory } from "../host/watch-directory.ts";
import { used } from "../kinds/maintenance/door.ts";
import { closeDoor, doorsOf } from "./doors.ts";
import { issuedLinks } from "./maintenance-links.ts";
import type { Upkeep } from "./upkeep.ts";

/**
 * A link that has been used on one host is good for nothing on the others, as soon as the bus can carry it there. What
 * could not be told is told once it can.
 */
export function shareUsedLinks(
  upkeep: Upkeep,
  bus: Pick<AgentBus, "share" | "onShared" | "onConnection">,
  log: (text: string) => void,
): {
  /** There are links that were not there before. */
  look(): void;
  stop(): void;
} {
  const { ledger, host } = upkeep;
  const watched = new Map<string, () => void>();
  const told = new Set<string>();

  async function look() {
    const now = host.clock.now();
    const links = issuedLinks(ledger).filter(({ ends }) => ends > now);
    const doors = links.length > 0 ? await doorsOf(upkeep, links) : [];
    const directories = new Set(doors.map(({ path }) => dirname(path)));
    for (const directory of directories)
      if (!watched.has(directory) && host.files.stat(directory))
        watched.set(directory, watchDirectory(directory, lookAgain));
    for (const [directory, stop] of watched)
      if (!directories.has(directory)) {
        stop();
        watched.delete(directory);
      }
    for (const { path, link } of doors)
      if (!told.has(link.token) && host.files.stat(used(path))) {
        told.add(link.token);
        bus.share({ is: "used", token: link.token });
      }
  }
  const lookAgain = () => void look().catch((error: Error) => log(`links: ${error.message}`));

  bus.onShared((_from, news) => {
    if (news.is !== "used") return;
    told.add(news.token);
    closeDoor(upkeep, news.token).catch((error: Error) => log(`links: ${error.message}`));
  });
  bus.onConnection((isConnected) => {
    if (!isConnected) return;
    told.clear();
    lookAgain();
  });
  return {
    look: lookAgain,
    stop() {
      for (const stop of watched.values()) stop();
    },
  };
}
