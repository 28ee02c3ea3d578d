import type { Clock } from "../host/host.ts";
import type { HostEvent } from "../model/happening.ts";
import {
  type Notice,
  type NotificationConfig,
  notificationConfigSchema,
  notificationDirectory,
} from "../model/notification.ts";
import type { Notified, Telling, Told } from "../store/notified.ts";

/** How a notification reaches somebody: each way goes on by itself when another is blocked. */
const channels = ["mail", "webhook"] as const;
export type Channel = (typeof channels)[number];

/** One way to somebody, for people. */
export interface WayShown extends Omit<Telling, keyof Told> {
  readonly notification: string;
  readonly channel: Channel;
  readonly to: readonly string[];
}

/** Tells people what has happened: nothing twice as far as it knows, and nothing lost while a server is away. */
export interface Notifier {
  configure(files: ReadonlyMap<string, string>): void;
  /** Something may have happened. */
  look(): void;
  /** Sends a test by all ways of a notification. Rejects with why one of them does not work. */
  test(notification: string): Promise<void>;
  ways(): readonly WayShown[];
  stop(): void;
}

/** What has happened after what was told, and up to where that goes. */
export interface Happened extends Told {
  readonly events: readonly HostEvent[];
}

/** What comes at once is told at once: for so long it is waited for more. */
const gathering = 1_000;

/** Until what could not be sent is sent again, doubled each time up to the last. */
const [firstPause, lastPause] = [10_000, 900_000];

export function openNotifier({
  host,
  clock,
  notified,
  happened,
  send,
  log,
}: {
  /** What this machine is called. */
  readonly host: string;
  readonly clock: Pick<Clock, "now">;
  readonly notified: Notified;
  readonly happened: { newest(): Told; after(told: Told): Happened };
  /** Rejects when it did not arrive, as far as we know. */
  readonly send: (config: NotificationConfig, channel: Channel, notice: Notice) => Promise<void>;
  readonly log: (text: string) => void;
}): Notifier {
  let configs = new Map<string, NotificationConfig>();
  let ways = new Map<string, ReturnType<typeof openWay>>();
  let isStopped = false;

  function openWay(name: string, channel: Channel, now: Told) {
    const key = `${name} ${channel}`;
    let telling: Telling = notified.begin(key, now);
    let timer: NodeJS.Timeout | undefined;
    let since: number | undefined;
    let pause = firstPause;
    let isBusy = false;

    function keep(next: Telling) {
      telling = next;
      notified.put(key, next);
    }
    function later(milliseconds: number) {
      clearTimeout(timer);
      timer = setTimeout(
        () => {
          timer = undefined;
          void go();
        },
        Math.min(milliseconds, 2 ** 31 - 1),
      ).unref();
    }

    async function go(): Promise<void> {
      const config = configs.get(name);
      if (isBusy || isStopped || !config) return;
      const { events: all, generations, guard } = happened.after(telling);
      const events = all.filter(({ is }) => config.events.includes(is));
      if (events.length === 0) {
        since = undefined;
        // Written down with the next message, or at the end: after a crash it is gone through again, and left out again.
        telling = { ...telling, generations, guard };
        return;
      }
      const at = clock.now();
      since ??= at;
      // A clock that was set back does not hold anything up.
      const last = Math.min(telling.sentAt ?? Number.NEGATIVE_INFINITY, at);
      const due = Math.max(since + gathering, last + config.every);
      if (due > at) return later(due - at);
      isBusy = true;
      try {
        await send(config, channel, {
          id: `${host} ${key} ${generations} ${guard}`,
          host,
          notification: name,
          at,
          events,
        });
        keep({ generations, guard, sentAt: clock.now() });
        if (telling.problem !== undefined) log(`notification ${key}: it works again`);
        [since, pause] = [undefined, firstPause];
        later(0);
      } catch (error) {
        const problem = (error as Error).message;
        if (problem !== telling.problem) log(`notification ${key}: ${problem}; tried again`);
        keep({ ...telling, problem });
        later(pause);
        pause = Math.min(lastPause, 2 * pause);
      } finally {
        isBusy = false;
      }
    }

    return {
      name,
      channel,
      look() {
        // Its time is known already; and while a server does not answer, more news is no reason to ask it sooner.
        if (!timer) void go();
      },
      again: () => void go(),
      shown: (): Omit<Telling, keyof Told> => ({
        ...(telling.sentAt !== undefined && { sentAt: telling.sentAt }),
        ...(telling.problem !== undefined && { problem: telling.problem }),
      }),
      stop() {
        clearTimeout(timer);
        keep(telling);
      },
    };
  }

  const channelsOf = (config: NotificationConfig) => channels.filter((channel) => config[channel]);

  return {
    configure(files) {
      configs = new Map();
      for (const [file, text] of files) {
        if (!file.startsWith(`${notificationDirectory}/`)) continue;
        try {
          const config = notificationConfigSchema.parse(JSON.parse(text));
          configs.set(config.name, config);
        } catch (error) {
          log(`${file} is no notification: ${(error as Error).message}`);
        }
      }
      const wanted = [...configs.values()].flatMap((config) =>
        channelsOf(config).map((channel) => [config.name, channel] as const),
      );
      const now = happened.newest();
      const before = ways;
      ways = new Map(
        wanted.map(([name, channel]) => {
          const key = `${name} ${channel}`;
          return [key, before.get(key) ?? openWay(name, channel, now)];
        }),
      );
      for (const [key, way] of before) if (!ways.has(key)) way.stop();
      notified.keepOnly([...ways.keys()]);
      // Whatever stood in the way may have been put right.
      for (const way of ways.values()) way.again();
    },
    look() {
      for (const way of ways.values()) way.look();
    },
    async test(name) {
      const config = configs.get(name);
      if (!config)
        throw new Error(
          `there is no notification ${name} here; there are: ${[...configs.keys()].join(", ") || "none"}`,
        );
      const at = clock.now();
      for (const channel of channelsOf(config))
        await send(config, channel, {
          id: `${host} ${name} ${channel} ${at}`,
          host,
          notification: name,
          at,
          events: [],
        });
    },
    ways: () =>
      [...ways.values()].map(({ name, channel, shown }) => {
        const { mail, webhook } = configs.get(name)!;
        const to = channel === "mail" ? mail!.to : [new URL(webhook!.url).host];
        return { notification: name, channel, to, ...shown() };
      }),
    stop() {
      isStopped = true;
      for (const way of ways.values()) way.stop();
    },
  };
}
