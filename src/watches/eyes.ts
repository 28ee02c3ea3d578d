import { type Following, followFiles, type Position } from "../host/follow-files.ts";
import { type Entry, followJournal } from "../host/follow-journal.ts";
import { nameMatcher } from "../host/log-file.ts";
import { type JailConfig, jailConfigSchema } from "../model/jail.ts";
import type { Decision } from "./jail/decision.ts";
import type { Definition } from "./jail/filter/definition.ts";
import { filterOf } from "./jail/filter/find.ts";
import { type Failure, type Found, type Matcher, openMatcher } from "./jail/filter/matcher.ts";
import { type Jail, openJail } from "./jail/jail.ts";
import { inTime } from "./jail/regex/linear.ts";
import { openScanner, type Scanner } from "./jail/scan.ts";
import type { Memory } from "./memory.ts";

/*
 * What looks: it reads what strangers have written, and can do nothing but say what it has seen. Root takes that for what
 * it is, see the guard.
 */

export interface EyesOptions {
  readonly memory: Memory;
  readonly now: () => number;
  /** Text of a file; `undefined` if there is none. */
  readonly read: (path: string) => string | undefined;
  readonly decide: (decision: Decision) => void;
  readonly trouble: (text: string) => void;
}

export interface Eyes {
  /** Looks at what these say from now on; texts of configuration files by their names. */
  configure(files: ReadonlyMap<string, string>): void;
  acknowledge(id: number): void;
  forget(address: string): void;
  stop(): void;
}

interface Open {
  readonly jail: Jail;
  readonly definition: Definition;
  /** The names of its logs. */
  readonly logs: readonly RegExp[];
  readonly scanners: Map<string, Scanner>;
  readonly found: Failure[];
  /** Of the journal. */
  matcher?: Matcher;
}

/** What one entry of the journal may take. Milliseconds. */
const patience = 60;

/** How often it is looked whose time is over. Milliseconds. */
const tidyEvery = 60_000;

export function openEyes({ memory, now, read, decide, trouble }: EyesOptions): Eyes {
  let jails: readonly Open[] = [];
  let following: Following | undefined;
  let journals: readonly { stop(): void }[] = [];
  let isForgetful = false;
  /** Numbers of decisions that nobody has written down: higher than those of others will ever be. */
  let unwritten = 2 ** 50;

  function configure(files: ReadonlyMap<string, string>) {
    stop();
    jails = [...files].flatMap(([file, text]) => open(file, text) ?? []);
    following = followFiles({
      patterns: [...new Set(jails.flatMap(({ jail }) => jail.config.logs))],
      positions: memory.positions(),
      take: ({ path, bytes, position }) => look(path, bytes, position),
      trouble: (path, why) => trouble(`${path}: ${why}`),
    });
    memory.prune(following.positions);
    const wanted = jails.filter(({ jail }) => jail.config.journal.length > 0);
    journals = [...Map.groupBy(wanted, ({ jail }) => jail.config.journal.join(" "))].map(([matches, readers]) =>
      followJournal({
        matches: readers[0]!.jail.config.journal,
        after: memory.cursor(matches),
        since: now() - Math.max(...readers.map(({ jail }) => jail.config.findTime)),
        take: (entry) => hear(matches, readers, entry),
        trouble: (why) => trouble(`the journal: ${why}`),
      }),
    );
  }

  function open(file: string, text: string): Open | undefined {
    try {
      const config: JailConfig = jailConfigSchema.parse(JSON.parse(text));
      const filter = config.journal.length > 0 ? asInJournal(config.filter) : config.filter;
      const definition = filterOf(filter, read);
      // Whatever is wrong with its expressions shows now.
      openMatcher(definition, { now });
      const jail = openJail(config, memory.standings(config.name), { now, never: () => false });
      return { jail, definition, logs: config.logs.map(nameMatcher), scanners: new Map(), found: [] };
    } catch (error) {
      trouble(`${file}: ${(error as Error).message}`);
      return undefined;
    }
  }

  function look(path: string, bytes: Buffer, position: Position) {
    const decided: Omit<Decision, "id">[] = [];
    let unfinished = 0;
    const looking = jails.filter(({ logs }) => logs.some((pattern) => pattern.test(path)));
    for (const each of looking) {
      const scanner = scannerFor(each, path);
      scanner.write(bytes);
      unfinished = scanner.unfinished;
      for (const failure of each.found.splice(0)) {
        const decision = each.jail.take(failure);
        if (decision) decided.push(decision);
      }
    }
    // What has no end yet is read again after a stop.
    const whole = { ...position, offset: position.offset - unfinished };
    const inJails = looking.map(({ jail }) => jail);
    conclude(whole, inJails, decided);
  }

  function hear(matches: string, readers: readonly Open[], { text, moment, cursor }: Entry) {
    const decided: Omit<Decision, "id">[] = [];
    for (const each of readers) {
      each.matcher ??= openMatcher(each.definition, { now });
      const { matcher } = each;
      let found: Found | undefined;
      const search = () => {
        found = matcher.search({ text, moment });
      };
      if (!matcher.isSlow) search();
      else if (!inTime(search, patience))
        trouble(
          `the journal: jail ${each.jail.config.name}: this took too long and does not count: ${text.slice(0, 200)}`,
        );
      const verdict = found && matcher.take(found);
      const decision = verdict?.is === "failure" ? each.jail.take(verdict.failure) : undefined;
      if (decision) decided.push(decision);
    }
    const inJails = readers.map(({ jail }) => jail);
    conclude({ matches, cursor }, inJails, decided);
  }

  /** Whoever failed once and never again is not remembered for ever. */
  const tidying = setInterval(() => {
    for (const { jail } of jails) jail.tidy();
    keepAll();
  }, tidyEvery);
  tidying.unref();

  function keepAll() {
    memory.keep(
      undefined,
      jails.map(({ jail }) => jail),
      [],
    );
  }

  function stop() {
    following?.stop();
    for (const journal of journals) journal.stop();
  }

  /** What cannot be written down, because a disk is full, is decided all the same; after a restart it is worked out again. */
  function conclude(
    read: Parameters<Memory["keep"]>[0],
    inJails: readonly Jail[],
    decided: readonly Omit<Decision, "id">[],
  ) {
    let all: readonly Decision[];
    try {
      all = memory.keep(read, inJails, decided);
      isForgetful = false;
    } catch (error) {
      if (!isForgetful) trouble(`what has been read cannot be written down: ${(error as Error).message}`);
      isForgetful = true;
      all = decided.map((decision) => ({ id: ++unwritten, ...decision }));
    }
    for (const decision of all) decide(decision);
  }

  function scannerFor(each: Open, path: string): Scanner {
    let scanner = each.scanners.get(path);
    if (scanner) return scanner;
    const { name } = each.jail.config;
    scanner = openScanner(openMatcher(each.definition, { now }), ({ verdict, text }) => {
      if (!verdict) trouble(`${path}: jail ${name}: this line took too long and does not count: ${text.slice(0, 200)}`);
      else if (verdict.is === "failure") each.found.push(verdict.failure);
    });
    each.scanners.set(path, scanner);
    return scanner;
  }

  for (const decision of memory.decisions()) decide(decision);

  return {
    configure,
    acknowledge: (id) => memory.acknowledge(id),
    forget(address) {
      for (const { jail } of jails) jail.forget(address);
      keepAll();
    },
    stop() {
      clearInterval(tidying);
      stop();
    },
  };
}

/** fail2ban's filters know that entries of the journal begin otherwise than lines of a log. */
const asInJournal = (filter: JailConfig["filter"]): JailConfig["filter"] => {
  if (typeof filter !== "string" || filter.includes("logtype=")) return filter;
  return filter.endsWith("]") ? filter.replace(/\]$/, ",logtype=journal]") : `${filter}[logtype=journal]`;
};
