import type { AgentBus } from "../bus/bus.ts";
import type { Host } from "../host/host.ts";
import { rhythm } from "../host/pace.ts";
import { whenItIsThere } from "../host/when-it-is-there.ts";
import type { GuardNews } from "./guard.ts";

/** Where commands and the agent speak with the guard. */
export const guardDoor = "/run/upkeep/guard.sock";

/** Milliseconds until somebody who does not open is asked again: their socket outlives one who has been killed. */
const pause = rhythm(1_000);

/**
 * Tells of what this host's guard does: `happened` is called when it has written something down. Carries what it has to say
 * to other hosts' guards over the bus, without the control plane; what they make of it is theirs. Most hosts have no guard,
 * and load nothing for it.
 */
export function shareGuard(
  bus: Pick<AgentBus, "share" | "onShared">,
  host: Host,
  happened: () => void,
): { stop(): void } {
  const { files, clock } = host;
  const over = new AbortController();
  const door = () => import("./guard-door.ts");
  bus.onShared((from, news) => {
    if (news.is === "used" || !files.stat(guardDoor)) return;
    void door().then(({ askGuard }) => askGuard(host, { is: "shared", from, news }).catch(() => {}));
  });
  void (async () => {
    while (!over.signal.aborted) {
      await whenItIsThere(guardDoor, over.signal);
      if (over.signal.aborted) return;
      const { followGuard } = await door();
      // What it did while nobody followed it is news, too.
      happened();
      const hear = ({ share }: GuardNews) => (share ? bus.share(share) : happened());
      await followGuard(hear, over.signal).catch(() => {});
      if (!over.signal.aborted) await clock.pause(pause);
    }
  })();
  return { stop: () => over.abort() };
}
