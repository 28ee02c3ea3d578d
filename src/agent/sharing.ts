import type { AgentBus } from "../bus/bus.ts";
import { whenItComes } from "../host/when-it-comes.ts";
import { askGuard, followGuard, guardDoor } from "./guard-door.ts";

/**
 * Carries bans between this host's guard and those of others, over the bus and without the control plane. What another
 * host says counts for what this host's own jail lets it count for, see the guard.
 */
export function shareBans(bus: Pick<AgentBus, "share" | "onShared">): { stop(): void } {
  const over = new AbortController();
  bus.onShared((from, ban) => void askGuard({ is: "shared", from, ban }).catch(() => {}));
  void (async () => {
    while (!over.signal.aborted) {
      await followGuard((ban) => bus.share(ban), over.signal).catch(() => {});
      // It has gone, or never was: most hosts have no jail.
      await whenItComes(guardDoor, over.signal);
    }
  })();
  return { stop: () => over.abort() };
}
