import type { Clock } from "../host/host.ts";
import { rhythm } from "../host/pace.ts";
import type { HostEvent } from "../model/happening.ts";
import {
  type Notice,
  type NotificationConfig,
  notificationConfigSchema,
  notificationDirectory,
} from "../model/notification.ts";
import type { Notified, Telling, Told } from "../store/notified.ts";
import type { WorkReport } from "./guard-health.ts";

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

/** What comes at once is told at once: for so long it is waited for more. Milliseconds. */
const gathering = 1_000;

/** So many times one after the other it was not taken: then it is trouble. */
const seriousFailures = 2;

/** Milliseconds until what could not be sent is sent again, doubled each time up to the last. */
const [firstPause, lastPause] = [rhythm(10_000), rhythm(900_000)];

const beginning = "up to where people are told of what happens cannot be written down";
const reading = "what has happened cannot be read";
const isNotification = (ref: string) => ref.startsWith("Notification/");

export function openNotifier({
  host,
  clock,
  notified,
  happened,
  send,
  log,
  report,
}: {
  /** What this machine is called. */
  readonly host: string;
  readonly clock: Pick<Clock, "now">;
  readonly notified: Notified;
  readonly happened: { newest(): Told; after(told: Told): Happened };
  /** Rejects when it did not arrive, as far as we know. */
  readonly send: (config: NotificationConfig, channel: Channel, notice: Notice) => Promise<void>;
  readonly log: (text: string) => void;
  readonly report: WorkReport;
}): Notifier {
  let configs = new Map<string, NotificationConfig>();
  let ways = new Map<string, ReturnType<typeof openWay>>();
  let isStopped = false;
  let retrying: NodeJS.Timeout | undefined;
  let isBehind = false;

  function openWay(name: string, channel: Channel, now: Told) {
    const key = `${name} ${channel}`;
    let telling: Telling = notified.begin(key, now);
    let timer: NodeJS.Timeout | undefined;
    let since: number | undefined;
    let pause = firstPause;
    let isBusy = false;
    let failures = 0;
    const work = `${channel} of notification ${name} is not taken`;
    const isOwn = (ref: string) => ref === `Notification/${name}`;

    /** What cannot be written down, because a disk is full, is told twice after a restart; nothing ends for it. */
    function keep(next: Telling) {
      telling = next;
      try {
        notified.put(key, next);
      } catch (error) {
        log(`notification ${key}: how far it has come cannot be written down: ${(error as Error).message}`);
      }
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
      const found = read(() => happened.after(telling));
      if (!found) return later(firstPause);
      const { events: all, generations, guard } = found;
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
        const before = telling.problem;
        keep({ generations, guard, sentAt: clock.now() });
        if (before !== undefined) log(`notification ${key}: it works again`);
        failures = 0;
        report(work, isOwn, undefined);
        [since, pause] = [undefined, firstPause];
        later(0);
      } catch (error) {
        const problem = (error as Error).message;
        if (problem !== telling.problem) log(`notification ${key}: ${problem}; tried again`);
        // A server that has just been started anew is asked once more before that is anybody's trouble.
        if (++failures >= seriousFailures) report(work, isOwn, problem, { isOutside: true });
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
        report(work, isOwn, undefined);
        keep(telling);
      },
    };
  }

  const channelsOf = (config: NotificationConfig) => channels.filter((channel) => config[channel]);
  const wantedWays = () =>
    [...configs.values()].flatMap((config) =>
      channelsOf(config).map((channel) => ({ key: `${config.name} ${channel}`, name: config.name, channel })),
    );
  const lacksWay = (ref: string) =>
    wantedWays().some(({ key, name }) => ref === `Notification/${name}` && !ways.has(key));

  /** Goes the ways that are stated, and no others. One that cannot be begun, because a disk is full, is begun later. */
  function settle(): void {
    clearTimeout(retrying);
    const wanted = wantedWays();
    for (const [key, way] of ways)
      if (!wanted.some((each) => each.key === key)) {
        ways.delete(key);
        way.stop();
      }
    try {
      const now = happened.newest();
      ways = new Map(wanted.map(({ key, name, channel }) => [key, ways.get(key) ?? openWay(name, channel, now)]));
      notified.keepOnly([...ways.keys()]);
      report(beginning, lacksWay, undefined);
      isBehind = false;
    } catch (error) {
      const why = (error as Error).message;
      if (!isBehind) log(`${beginning}: ${why}; tried again`);
      isBehind = true;
      report(beginning, lacksWay, why);
      retrying = setTimeout(settle, firstPause).unref();
    }
    // Whatever stood in the way may have been put right.
    for (const way of ways.values()) way.again();
  }

  /** What has happened, where that can be read. */
  function read<T>(look: () => T): T | undefined {
    try {
      const found = look();
      report(reading, isNotification, undefined);
      return found;
    } catch (error) {
      report(reading, isNotification, (error as Error).message);
      return undefined;
    }
  }

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
      settle();
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
      clearTimeout(retrying);
      for (const way of ways.values()) way.stop();
    },
  };
}
