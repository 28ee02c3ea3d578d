import type { Host } from "../host/host.ts";
import { rhythm } from "../host/pace.ts";
import { replaceFile } from "../host/replace-file.ts";
import {
  dayOf,
  endOfDay,
  type MailLimitConfig,
  type MailShare,
  mailLimitConfigSchema,
  mailLimitDirectory,
  type Sent,
  stoppedAccounts,
  stoppedDirectory,
} from "../model/mail-limit.ts";
import type { ResourceRef } from "../model/resource.ts";
import { type MailCounts, observationOf } from "../store/mail-counts.ts";
import { openGuardBook } from "./guard-book.ts";
import type { WorkReport } from "./guard-health.ts";

/** The root side of mail limits: counts what the eyes have seen, and says whom the mail server is to take nothing from. */
export interface MailGuard {
  configure(files: ReadonlyMap<string, string>): void;
  take(sent: readonly Sent[]): void;
  /** What another host's mail server has taken: a limit is one for all hosts that have it. */
  shared(from: string, share: MailShare): void;
  /** How far each limit is used today. */
  uses(): readonly MailUsed[];
  stop(): void;
}

/** A limit and how far it is used today. */
export interface MailUsed extends Pick<MailLimitConfig, "name" | "accounts" | "perDay"> {
  readonly sent: number;
}

/** The estate and other hosts are told how far limits are used no more often. Milliseconds. */
const tellEvery = rhythm(5_000);

/** Milliseconds until a list that could not be written is tried again. */
const retry = 2_000;

const listOfStopped = "the list of accounts that may send no more mail cannot be written";
const use = "how far limits of mail are used cannot be written down";
const isLimit = (ref: ResourceRef) => ref.startsWith("MailLimit/");

/** Milliseconds that may go by from midnight until everybody may send again. */
const lookEvery = rhythm(60_000);

export function openMailGuard({
  host: { files, clock },
  counts,
  log,
  report,
  tell,
  news,
}: {
  readonly host: Pick<Host, "files" | "clock">;
  readonly counts: MailCounts;
  readonly log: (text: string) => void;
  readonly report: WorkReport;
  /** Other hosts are to hear what this one has taken. */
  readonly tell: (share: MailShare) => void;
  /** Something has been written down. */
  readonly news: () => void;
}): MailGuard {
  const book = openGuardBook({ what: use, concerns: isLimit, log, report });
  let configs = new Map<string, MailLimitConfig>();
  /** Limits that are used up today, as has been said. */
  let usedUp = new Set<string>();
  /** Of which it has not been told how far they are used. */
  const untold = new Set<string>();
  let telling: NodeJS.Timeout | undefined;
  let retrying: NodeJS.Timeout | undefined;

  /** What other hosts have taken, by limit and host. */
  const others = new Map<string, Map<string, MailShare>>();

  const sentHere = (name: string): number => counts.sent(name, dayOf(clock.now()));
  const sentToday = (name: string): number => {
    const today = dayOf(clock.now());
    const elsewhere = [...(others.get(name)?.values() ?? [])].filter(({ day }) => day === today);
    return elsewhere.reduce((sum, { sent }) => sum + sent, sentHere(name));
  };

  /** Has the mail servers take nothing more from those whose limit is used up, and again from all others. */
  function settle(): void {
    const now = clock.now();
    const over = [...configs.values()].filter(({ name, perDay }) => sentToday(name) >= perDay);
    const text = [...new Set(over.flatMap(({ accounts }) => accounts))].map((account) => `${account}\n`).join("");
    // Before it is said: then it is so.
    if (files.stat(stoppedDirectory) && (files.read(stoppedAccounts) ?? "") !== text)
      replaceFile(files, stoppedAccounts, text, { uid: 0, gid: 0, mode: 0o644 });
    for (const { name, perDay, accounts } of over)
      if (!usedUp.has(name)) {
        const says = `${name}: ${perDay} messages today; of ${accounts.join(", ")} none is taken any more until ${new Date(endOfDay(now)).toISOString().slice(0, 16).replace("T", " ")} UTC`;
        log(says);
        book.write(() => {
          counts.remember({ is: "mail limit", ref: `MailLimit/${name}`, says: says.slice(0, 1_000), at: now });
          news();
        });
      }
    usedUp = new Set(over.map(({ name }) => name));
  }

  function tellAll(): void {
    telling = undefined;
    book.write(() => {
      const now = clock.now();
      const uses = [...untold].map((name) => ({ name, sent: sentHere(name) }));
      for (const { name, sent } of uses) tell({ limit: name, day: dayOf(now), sent });
      for (const { name, sent } of uses) counts.observe(observationOf(name, sent, now), now);
      untold.clear();
      news();
    }, "how far limits are used");
  }

  function remind(name: string): void {
    const sent = sentHere(name);
    if (sent > 0) tell({ limit: name, day: dayOf(clock.now()), sent });
  }

  /** What cannot be written, because a disk is full, is tried again until it can. Returns whether it could. */
  function attempt(): boolean {
    try {
      settle();
      report(listOfStopped, isLimit, undefined);
      return true;
    } catch (error) {
      report(listOfStopped, isLimit, (error as Error).message);
      log(`who may send no more mail cannot be written down: ${(error as Error).message}; tried again`);
      if (configs.size > 0) retrying ??= setTimeout(tryAgain, retry).unref();
      return false;
    }
  }

  function tryAgain() {
    retrying = undefined;
    attempt();
  }

  const looking = setInterval(() => {
    // Who has been started anew knows nothing of us.
    if (attempt()) for (const name of configs.keys()) remind(name);
  }, lookEvery);
  looking.unref();
  return {
    configure(all) {
      configs = new Map();
      for (const [file, text] of all) {
        if (!file.startsWith(`${mailLimitDirectory}/`)) continue;
        try {
          const config = mailLimitConfigSchema.parse(JSON.parse(text));
          configs.set(config.name, config);
        } catch (error) {
          log(`${file} is no limit: ${(error as Error).message}`);
        }
      }
      attempt();
    },
    take(sent) {
      const known = sent.filter(({ limit }) => configs.has(limit));
      if (known.length === 0) return;
      counts.add(known, clock.now());
      for (const { limit } of known) untold.add(limit);
      telling ??= setTimeout(tellAll, tellEvery).unref();
      attempt();
    },
    shared(from, share) {
      if (!configs.has(share.limit)) return;
      const known = others.get(share.limit) ?? new Map<string, MailShare>();
      others.set(share.limit, known.set(from, share));
      attempt();
    },
    uses: () =>
      [...configs.values()].map(({ name, accounts, perDay }) => ({ name, accounts, perDay, sent: sentToday(name) })),
    stop() {
      clearInterval(looking);
      clearTimeout(telling);
      clearTimeout(retrying);
      book.stop();
    },
  };
}
