import { z } from "zod";
import type { ForGuard } from "../bus/bus.ts";
import type { Confined, ConfinedOptions } from "../host/confined.ts";
import type { Host } from "../host/host.ts";
import type { Banned } from "../model/ban.ts";
import type { HostEvent } from "../model/happening.ts";
import { jailName } from "../model/jail.ts";
import { attemptSchema } from "../model/key.ts";
import { mailShareSchema, type Sent, sentSchema } from "../model/mail-limit.ts";
import type { Bans } from "../store/bans.ts";
import type { GuardHistory } from "../store/guard-history.ts";
import type { Keys } from "../store/keys.ts";
import type { MailCounts } from "../store/mail-counts.ts";
import type { Pools } from "../store/pools.ts";
import { decisionSchema } from "../watches/jail/decision.ts";
import { seenSchema } from "../watches/pool/pool-watch.ts";
import type { Said } from "../watches/watch.ts";
import { forEyes } from "./for-eyes.ts";
import { openBanGuard } from "./guard-bans.ts";
import { type KeyGuard, openKeyGuard } from "./guard-keys.ts";
import { type MailGuard, openMailGuard } from "./guard-mail.ts";
import { openPoolGuard, type PoolGuard } from "./guard-pools.ts";
import { printable } from "./printable.ts";

/*
 * The root side of the watches. It never sees a log: what looks at them runs without privileges and asks for bans, and
 * each request is held against what the host's owner has stated before anything is done.
 */

/** What the eyes say, a JSON text a line. */
const saidSchema = z.discriminatedUnion("is", [
  decisionSchema,
  attemptSchema.extend({ is: z.literal("attempt"), id: z.int().min(1) }),
  z.strictObject({ is: z.literal("trouble"), text: z.string().max(2_000) }),
  seenSchema.extend({ is: z.literal("seen") }),
  sentSchema.extend({ is: z.literal("sent"), id: z.int().min(1) }),
  z.strictObject({ is: z.literal("names"), jail: jailName, addresses: z.array(z.string().max(45)).max(1_000) }),
]);

export interface GuardOptions {
  readonly host: Host;
  readonly bans: Bans;
  readonly keys: Keys;
  readonly pools: Pools;
  readonly mail: MailCounts;
  /** What has happened, for whoever tells of it. */
  readonly history: Pick<GuardHistory, "remember">;
  /** Starts what looks. */
  readonly look: (options: Pick<ConfinedOptions, "hear" | "ended">) => Confined;
  /** Texts of the configuration files of jails and of what watches keys, by their names. */
  readonly read: () => ReadonlyMap<string, string>;
  readonly log: (text: string) => void;
}

/** Something has been written down, or other hosts' guards are to hear something. */
export interface GuardNews {
  readonly share?: ForGuard;
}

export interface Guard {
  /** What is stated is not what it was. Resolves when it is as it says now. */
  reconfigure(): Promise<void>;
  readonly keys: KeyGuard;
  readonly pools: PoolGuard;
  readonly mail: MailGuard;
  ban(ban: Banned): Promise<void>;
  /** Something has happened that is none of its own doing. */
  note(event: Pick<HostEvent, "is" | "says">): void;
  /** Somebody else has written down what has happened. */
  noted(): void;
  /** Hears what is new. Returns what ends that. */
  onNews(hear: (news: GuardNews) => void): () => void;
  /** What another host's guard says. Rejects where what is stated here does not let it count. */
  shared(from: string, news: ForGuard): Promise<void>;
  /** Returns whether it was banned. */
  unban(address: string): Promise<boolean>;
  stop(): void;
}

/** Milliseconds until the eyes are started again, doubled each time up to the last. */
const [firstPause, lastPause] = [200, 10_000];

/** Keeps out whom the jails say, from the moment it returns on: those who were banned before first. */
export async function startGuard({
  host,
  bans,
  keys,
  pools,
  mail,
  history,
  look,
  read,
  log,
}: GuardOptions): Promise<Guard> {
  const { clock } = host;
  let eyes: Confined | undefined;
  let isStopped = false;
  let pause = firstPause;
  let waiting: Said[] = [];
  const hearers = new Set<(news: GuardNews) => void>();
  let isActing = false;

  const keyGuard = openKeyGuard({ host, keys, log, tell: (key) => spread({ share: { is: "revoked", key } }) });

  const poolGuard = openPoolGuard({
    host,
    pools,
    log,
    tell: (seen) => spread({ share: { is: "seen", seen } }),
    news: () => spread({}),
  });

  const mailGuard = openMailGuard({
    host,
    counts: mail,
    log,
    tell: (share) => spread({ share: { is: "mail", mail: share } }),
    news: () => spread({}),
  });

  const banGuard = await openBanGuard({
    host,
    bans,
    log,
    tell: (ban) => spread({ share: { is: "ban", ban } }),
    news: () => spread({}),
  });

  function spread(news: GuardNews) {
    for (const hear of hearers) hear(news);
  }

  function start() {
    eyes = look({
      hear,
      ended(why) {
        if (isStopped) return;
        log(`what looks at the logs has ended (${why}); again in ${pause / 1000} s`);
        setTimeout(start, pause);
        pause = Math.min(lastPause, 2 * pause);
      },
    });
    void configure();
  }

  async function configure() {
    const files = read();
    eyes?.say(JSON.stringify({ is: "configure", files: [...forEyes(files)] }));
    banGuard.configure(files);
    poolGuard.configure(files);
    mailGuard.configure(files);
    await keyGuard.configure(files).catch((error: Error) => log(error.message));
  }

  function hear(line: string) {
    let said: z.infer<typeof saidSchema>;
    try {
      said = saidSchema.parse(JSON.parse(line));
    } catch {
      log("what looks at the logs said something that it may not say");
      return;
    }
    pause = firstPause;
    if (said.is === "trouble") {
      log(printable(said.text));
      return;
    }
    if (said.is === "seen") {
      const { is: _, ...seen } = said;
      poolGuard.see(seen);
      return;
    }
    if (said.is === "names") {
      banGuard.named(said.jail, said.addresses);
      return;
    }
    waiting.push(said);
    void act();
  }

  /** What has come together is done together. */
  async function act() {
    if (isActing) return;
    isActing = true;
    while (waiting.length > 0 && !isStopped) {
      const decisions = waiting;
      waiting = [];
      try {
        await carryOut(decisions);
        pause = firstPause;
      } catch (error) {
        log(`${(error as Error).message}; tried again`);
        waiting = [...decisions, ...waiting];
        await clock.pause(pause);
        pause = Math.min(lastPause, 2 * pause);
      }
    }
    isActing = false;
  }

  async function carryOut(said: readonly Said[]) {
    const attempts = said.filter((each) => each.is === "attempt");
    if (attempts.length > 0) {
      await keyGuard.take(attempts.map(({ is: _is, id: _id, ...attempt }) => attempt));
      spread({});
    }
    const decisions = said.filter((each) => each.is === "ban");
    if (decisions.length > 0) await banGuard.take(decisions);
    // The last, for what is done again counts again.
    mailGuard.take(said.flatMap(({ is, id: _, ...sent }) => (is === "sent" ? [sent as Sent] : [])));
    for (const { id } of said) eyes?.say(JSON.stringify({ is: "acknowledge", id }));
  }

  start();
  return {
    reconfigure: configure,
    keys: keyGuard,
    pools: poolGuard,
    mail: mailGuard,
    ban: banGuard.ban,
    note(event) {
      history.remember([{ at: clock.now(), ...event }]);
      spread({});
    },
    noted: () => spread({}),
    onNews(hear) {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
    async shared(from, news) {
      if (news.is === "ban") await banGuard.shared(from, news.ban);
      else if (news.is === "revoked") await keyGuard.shared(from, news.key);
      else if (news.is === "mail") mailGuard.shared(from, mailShareSchema.parse(news.mail));
      else poolGuard.shared(from, seenSchema.parse(news.seen));
    },
    unban(address) {
      eyes?.say(JSON.stringify({ is: "forget", address }));
      return banGuard.unban(address);
    },
    stop() {
      isStopped = true;
      banGuard.stop();
      poolGuard.stop();
      mailGuard.stop();
      eyes?.stop();
    },
  };
}
