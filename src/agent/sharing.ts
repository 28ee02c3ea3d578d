import type { AgentBus, Shared } from "../bus/bus.ts";
import type { Host } from "../host/host.ts";
import { whenItIsThere } from "../host/when-it-is-there.ts";
import type { GuardNews } from "./guard.ts";

/** Where commands and the agent speak with the guard. */
export const guardDoor = "/run/upkeep/guard.sock";

/** Milliseconds until somebody who does not open is asked again: their socket outlives one who has been killed. */
const pause = 1_000;

/**
 * Tells of what this host's guard does: `happened` is called when it has written something down. Carries bans between this host's guard and those of others, over the bus and without the control plane. What another
 * host says counts for what this host's own jail lets it count for, see the guard. Most hosts have no jail, and load
 * nothing for it.
 */
export function shareBans(
  bus: Pick<AgentBus, "share" | "onShared">,
  { files, clock }: Pick<Host, "files" | "clock">,
  happened: () => void,
): { stop(): void } {
  const over = new AbortController();
  const door = () => import("./guard-door.ts");
  bus.onShared((from, news) => {
    if (news.is === "used" || !files.stat(guardDoor)) return;
    void door().then(({ askGuard }) => askGuard(requestOf(from, news)).catch(() => {}));
  });
  void (async () => {
    while (!over.signal.aborted) {
      await whenItIsThere(guardDoor, over.signal);
      if (over.signal.aborted) return;
      const { followGuard } = await door();
      // What it did while nobody followed it is news, too.
      happened();
      const hear = ({ everywhere, revoked, seen }: GuardNews) => {
        if (everywhere) bus.share({ is: "ban", ban: everywhere });
        else if (revoked) bus.share({ is: "revoked", key: revoked });
        else if (seen) bus.share({ is: "seen", seen });
        else happened();
      };
      await followGuard(hear, over.signal).catch(() => {});
      if (!over.signal.aborted) await clock.pause(pause);
    }
  })();
  return { stop: () => over.abort() };
}

const requestOf = (from: string, news: Exclude<Shared, { is: "used" }>) =>
  news.is === "ban"
    ? ({ is: "shared", from, ban: news.ban } as const)
    : news.is === "revoked"
      ? ({ is: "shared key", from, key: news.key } as const)
      : ({ is: "shared seen", from, seen: news.seen } as const);
