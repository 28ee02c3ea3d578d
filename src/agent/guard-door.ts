import { askAtDoor, openDoor } from "../host/local-door.ts";
import type { Banned } from "../model/ban.ts";
import { UserError } from "../model/problem.ts";
import { seenSchema } from "../watches/pool/pool-watch.ts";
import type { Guard, GuardNews } from "./guard.ts";
import { guardDoor } from "./sharing.ts";

type Asked =
  | { readonly is: "ban"; readonly ban: Banned }
  | { readonly is: "unban"; readonly address: string }
  | { readonly is: "revoke"; readonly fingerprint: string; readonly reason: string }
  | { readonly is: "restore"; readonly fingerprint: string }
  /** What is stated may have changed: until it is so. */
  | { readonly is: "look" }
  /** Whatever is new, as it comes. */
  | { readonly is: "follow" }
  /** One that another host has made. */
  | { readonly is: "shared"; readonly from: string; readonly ban: unknown }
  | { readonly is: "shared key"; readonly from: string; readonly key: unknown }
  | { readonly is: "shared seen"; readonly from: string; readonly seen: unknown }
  | { readonly is: "pools" }
  | { readonly is: "drain"; readonly pool: string; readonly address: string; readonly until: number }
  | { readonly is: "undrain"; readonly pool: string; readonly address: string };

/** Returns what closes it. */
export const serveGuard = (guard: Guard): Promise<() => void> =>
  openDoor(guardDoor, async (given, say, gone) => {
    const asked = given as Asked;
    switch (asked.is) {
      case "ban":
        await guard.ban(asked.ban);
        return say({ answer: true });
      case "unban":
        return say({ answer: await guard.unban(asked.address) });
      case "shared":
        await guard.shared(asked.from, asked.ban);
        return say({ answer: true });
      case "shared key":
        await guard.keys.shared(asked.from, asked.key);
        return say({ answer: true });
      case "shared seen":
        guard.pools.shared(asked.from, seenSchema.parse(asked.seen));
        return say({ answer: true });
      case "pools":
        return say({ answer: guard.pools.members() });
      case "drain":
        guard.pools.drain(asked.pool, asked.address, asked.until);
        return say({ answer: true });
      case "undrain":
        return say({ answer: guard.pools.undrain(asked.pool, asked.address) });
      case "revoke":
        return say({ answer: await guard.keys.revoke(asked.fingerprint, asked.reason) });
      case "restore":
        return say({ answer: await guard.keys.restore(asked.fingerprint) });
      case "look":
        await guard.reconfigure();
        return say({ answer: true });
      case "follow":
        return new Promise((resolve) => {
          const stop = guard.onNews(say);
          gone.addEventListener("abort", () => {
            stop();
            resolve();
          });
        });
    }
  });

/** Throws a {@link UserError} where no guard runs. */
export async function askGuard<T>(asked: Exclude<Asked, { is: "follow" }>): Promise<T> {
  let answered: { answer?: T; problem?: string } | undefined;
  await askAtDoor(guardDoor, asked, (answer) => (answered = answer as typeof answered)).catch(() => {});
  if (!answered)
    throw new UserError(
      "nothing is watched on this machine: no Jail and no KeyWatch is stated. See `upkeep explain Jail`",
    );
  if (answered.problem !== undefined) throw new UserError(answered.problem);
  return answered.answer as T;
}

/** Hears whatever is new; resolves when the guard has gone, rejects where there is none. */
export const followGuard = (hear: (news: GuardNews) => void, over: AbortSignal): Promise<void> =>
  askAtDoor(guardDoor, { is: "follow" }, (news) => hear(news as GuardNews), over);
