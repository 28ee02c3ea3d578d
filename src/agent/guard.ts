import { z } from "zod";
import type { ForGuard } from "../bus/bus.ts";
import type { Confined, ConfinedOptions } from "../host/confined.ts";
import type { Host } from "../host/host.ts";
import { rhythm } from "../host/pace.ts";
import type { Banned } from "../model/ban.ts";
import type { Announcement, ToldFailing } from "../model/failing.ts";
import type { HostEvent } from "../model/happening.ts";
import type { RecordHealth } from "../model/health.ts";
import { jailName } from "../model/jail.ts";
import { attemptSchema } from "../model/key.ts";
import { mailShareSchema, type Sent, sentSchema } from "../model/mail-limit.ts";
import { printable } from "../model/printable.ts";
import { parseRef, type ResourceRef } from "../model/resource.ts";
import { watchedRef } from "../model/watched.ts";
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
import { openGuardHealth, ReportedError, type WorkReport } from "./guard-health.ts";
import { type KeyGuard, openKeyGuard } from "./guard-keys.ts";
import { type MailGuard, openMailGuard } from "./guard-mail.ts";
import { openPoolGuard, type PoolGuard } from "./guard-pools.ts";
import { keepReader } from "./reader-keeper.ts";
import { lookingSchema } from "./reader-words.ts";
import { unfit } from "./watched-schemas.ts";

/*
 * The root side of the watches. It never sees a log: what looks at them runs without privileges and asks for bans, and
 * each request is held against what the host's owner has stated before anything is done.
 */

/** What the eyes say, a JSON text a line. */
const saidSchema = z.discriminatedUnion("is", [
  decisionSchema,
  attemptSchema.extend({ is: z.literal("attempt"), id: z.int().min(1) }),
  z.strictObject({ is: z.literal("trouble"), text: z.string().max(2_000) }),
  lookingSchema,
  z.strictObject({ is: z.literal("alive"), n: z.int().min(1) }),
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
  /** What people have been told of what does not work. */
  readonly failing: {
    told(): ReadonlyMap<string, ToldFailing>;
    announce(announcements: readonly Announcement[], at: number): readonly Announcement[];
  };
  /** Starts what looks. */
  readonly look: (options: Pick<ConfinedOptions, "hear" | "ended">) => Confined;
  /** Texts of the configuration files of all watched records, by their names: see model/watched.ts. */
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
  /** Whether that is done for each record which this guard and its reader do. */
  health(): readonly RecordHealth[];
  /** Something else that this guard knows of does not work, or works. */
  readonly report: WorkReport;
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

/** Milliseconds until that is tried again which could not be done, doubled each time up to the last. */
const [firstPause, lastPause] = [200, rhythm(10_000)];

/** How often it is looked whether people are to be told of something that does not work. Milliseconds. */
const healthEvery = 1_000;

/** What the guard makes of what the eyes say, and whose that is. */
const deeds = "what the reader finds cannot be acted on";
const isActedOn = (ref: ResourceRef) => ["Jail", "KeyWatch", "MailLimit"].includes(parseRef(ref).kind);

/** Keeps out whom the jails say, from the moment it returns on: those who were banned before first. */
export async function startGuard({
  host,
  bans,
  keys,
  pools,
  mail,
  history,
  failing,
  look,
  read,
  log,
}: GuardOptions): Promise<Guard> {
  const { clock } = host;
  let isStopped = false;
  let retry = firstPause;
  let waiting: Said[] = [];
  const hearers = new Set<(news: GuardNews) => void>();
  let isActing = false;
  let unfitFiles: ReadonlySet<string> = new Set();

  const health = openGuardHealth({ clock, told: failing.told, announce: failing.announce, log });
  const { report } = health;

  const keyGuard = openKeyGuard({ host, keys, log, report, tell: (key) => spread({ share: { is: "revoked", key } }) });

  const poolGuard = openPoolGuard({
    host,
    pools,
    log,
    report,
    tell: (seen) => spread({ share: { is: "seen", seen } }),
    news: () => spread({}),
  });

  const mailGuard = openMailGuard({
    host,
    counts: mail,
    log,
    report,
    tell: (share) => spread({ share: { is: "mail", mail: share } }),
    news: () => spread({}),
  });

  const banGuard = await openBanGuard({
    host,
    bans,
    log,
    report,
    tell: (ban) => spread({ share: { is: "ban", ban } }),
    news: () => spread({}),
  });

  function spread(news: GuardNews) {
    for (const hear of hearers) hear(news);
  }

  const reader = keepReader({
    clock,
    look,
    hear,
    configure: () =>
      void configure().catch((error: Error) => log(`what is stated cannot all be done: ${error.message}`)),
    health,
    tell: tellHealth,
    log,
  });

  async function configure() {
    const files = read();
    health.state(files);
    reader.say({ is: "configure", turn: health.nextTurn(), files: [...forEyes(files)] });
    const problems = unfit(files);
    for (const file of new Set([...problems.keys(), ...unfitFiles])) {
      const ref = watchedRef(file);
      report(`${file} is not as it should be`, (each) => each === ref, problems.get(file), { isOfText: true });
    }
    unfitFiles = new Set(problems.keys());
    banGuard.configure(files);
    poolGuard.configure(files);
    mailGuard.configure(files);
    await keyGuard.configure(files).catch((error: Error) => log(error.message));
  }

  /** Whatever it says, it ends nothing here. */
  function hear(line: string) {
    try {
      heard(line);
    } catch (error) {
      log(`what looks at the logs said something that cannot be taken: ${printable((error as Error).message)}`);
    }
  }

  function heard(line: string) {
    let said: z.infer<typeof saidSchema>;
    try {
      said = saidSchema.parse(JSON.parse(line));
    } catch {
      log("what looks at the logs said something that it may not say");
      return;
    }
    if (said.is === "looking") {
      health.looking(said);
      return;
    }
    if (said.is === "alive") {
      reader.answered(said.n);
      return;
    }
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
        report(deeds, isActedOn, undefined);
        retry = firstPause;
      } catch (error) {
        log(`${(error as Error).message}; tried again`);
        if (!(error instanceof ReportedError)) report(deeds, isActedOn, (error as Error).message);
        waiting = [...decisions, ...waiting];
        await clock.pause(retry);
        retry = Math.min(lastPause, 2 * retry);
      }
    }
    isActing = false;
  }

  async function carryOut(said: readonly Said[]) {
    const attempts = said.filter((each) => each.is === "attempt");
    const decisions = said.filter((each) => each.is === "ban");
    // A key that cannot be written down holds up no ban, nor a ban that cannot be made a key.
    const done = await Promise.allSettled([
      attempts.length > 0 && keyGuard.take(attempts.map(({ is: _is, id: _id, ...attempt }) => attempt)),
      decisions.length > 0 && banGuard.take(decisions),
    ]);
    if (attempts.length > 0) spread({});
    for (const each of done) if (each.status === "rejected") throw each.reason;
    // The last, for what is done again counts again.
    mailGuard.take(said.flatMap(({ is, id: _, ...sent }) => (is === "sent" ? [sent as Sent] : [])));
    for (const { id } of said) reader.say({ is: "acknowledge", id });
  }

  function tellHealth() {
    if (health.tell()) spread({});
  }

  reader.start();
  const telling = setInterval(tellHealth, healthEvery);
  telling.unref();
  return {
    reconfigure: configure,
    keys: keyGuard,
    pools: poolGuard,
    mail: mailGuard,
    health: health.records,
    report,
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
      reader.say({ is: "forget", address });
      return banGuard.unban(address);
    },
    stop() {
      isStopped = true;
      clearInterval(telling);
      banGuard.stop();
      keyGuard.stop();
      poolGuard.stop();
      mailGuard.stop();
      reader.stop();
    },
  };
}
