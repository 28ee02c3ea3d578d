import type { ForGuard } from "../bus/bus.ts";
import type { Host } from "../host/host.ts";
import { askAtDoor, openDoor } from "../host/local-door.ts";
import type { HostEvent } from "../model/happening.ts";
import { UserError } from "../model/problem.ts";
import type { GuardAsks } from "../model/report.ts";
import { watchedDirectories } from "../model/watched.ts";
import { lookAtGuard } from "./asking-guard.ts";
import type { Guard, GuardNews } from "./guard.ts";
import type { Notifier } from "./notifier.ts";
import { guardDoor } from "./sharing.ts";

type Asked =
  | GuardAsks
  /** What is stated may have changed: until it is so. */
  | { readonly is: "look" }
  /** Whatever is new, as it comes. */
  | { readonly is: "follow" }
  /** What another host's guard says. */
  | { readonly is: "shared"; readonly from: string; readonly news: ForGuard }
  | { readonly is: "pools" }
  | { readonly is: "mail" }
  /** Something has happened that the guard has no part in, and people are to be told of. */
  | { readonly is: "note"; readonly event: Pick<HostEvent, "is" | "says"> }
  /** That has been written down already. */
  | { readonly is: "noted" }
  /** Who is told of what happens, and how that goes. */
  | { readonly is: "notifications" }
  | { readonly is: "test"; readonly notification: string }
  /** Whether that is done which is to be done all the time. */
  | { readonly is: "health" };

/** Returns what closes it. */
export const serveGuard = (guard: Guard, notifier: Notifier): Promise<() => void> =>
  openDoor(guardDoor, async (given, say, gone) => {
    const asked = given as Asked;
    switch (asked.is) {
      case "ban":
        await guard.ban(asked.ban);
        return say({ answer: true });
      case "unban":
        return say({ answer: await guard.unban(asked.address) });
      case "shared":
        await guard.shared(asked.from, asked.news);
        return say({ answer: true });
      case "note":
        guard.note(asked.event);
        return say({ answer: true });
      case "noted":
        guard.noted();
        return say({ answer: true });
      case "pools":
        return say({ answer: guard.pools.members() });
      case "mail":
        return say({ answer: guard.mail.uses() });
      case "notifications":
        return say({ answer: notifier.ways() });
      case "test":
        await notifier.test(asked.notification);
        return say({ answer: true });
      case "health":
        return say({ answer: guard.health() });
      case "drain":
        guard.pools.drain(asked.pool, asked.address, asked.until);
        return say({ answer: true });
      case "undrain":
        return say({ answer: guard.pools.undrain(asked.pool, asked.address) });
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

/** Milliseconds that a guard may take to start. */
const patience = 15_000;

/** So often the guard itself is asked before the service manager is. */
const asksPerLook = 25;

/** Throws a {@link UserError} where no guard runs. One that has just been started is waited for. */
export async function askGuard<T>(host: Host, asked: Exclude<Asked, { is: "follow" }>): Promise<T> {
  const { files, clock } = host;
  let answered: { answer?: T; problem?: string } | undefined;
  const ask = () => askAtDoor(guardDoor, asked, (answer) => (answered = answer as typeof answered)).catch(() => {});
  const isStated = () => watchedDirectories.some((directory) => files.list(directory).length > 0);
  const deadline = clock.now() + patience;
  await ask();
  let trouble: string | undefined;
  for (let asks = 1; !answered && isStated() && clock.now() < deadline && trouble === undefined; asks++) {
    await clock.pause(20);
    await ask();
    // One that keeps ending is not waited for.
    if (asks % asksPerLook === 0 && !answered) trouble = await lookAtGuard(host);
  }
  if (!answered)
    throw new UserError(
      isStated()
        ? `${trouble ?? "what watches this machine does not answer"}; see \`systemctl status upkeep-watches\`, and its log`
        : "nothing is watched on this machine: no Jail, DnsPool, KeyWatch, MailLimit or Notification is stated. See `upkeep explain`",
    );
  if (answered.problem !== undefined) throw new UserError(answered.problem);
  return answered.answer as T;
}

/** Hears whatever is new; resolves when the guard has gone, rejects where there is none. */
export const followGuard = (hear: (news: GuardNews) => void, over: AbortSignal): Promise<void> =>
  askAtDoor(guardDoor, { is: "follow" }, (news) => hear(news as GuardNews), over);
