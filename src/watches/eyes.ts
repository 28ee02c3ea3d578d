import type { Checked } from "../host/checks.ts";
import { type Following, followFiles, type Position } from "../host/follow-files.ts";
import { type Entry, followJournal } from "../host/follow-journal.ts";
import { nameMatcher } from "../host/log-file.ts";
import type { Names } from "../host/names.ts";
import { rhythm } from "../host/pace.ts";
import { listenSyslog } from "../host/syslog.ts";
import { jailConfigSchema } from "../model/jail.ts";
import { keyWatchConfigSchema, keyWatchDirectory } from "../model/key.ts";
import { mailLimitConfigSchema, mailLimitDirectory } from "../model/mail-limit.ts";
import { type Check, poolConfigSchema, poolDirectory } from "../model/pool.ts";
import { journalName, syslogName } from "../model/reader-trouble.ts";
import { followNames, openFriends } from "./jail/friends.ts";
import { openLogWatch } from "./jail/log-watch.ts";
import { openKeyWatch } from "./keys/key-watch.ts";
import { openMailWatch } from "./mail/mail-watch.ts";
import type { Memory } from "./memory.ts";
import { openPoolWatch, type Seen } from "./pool/pool-watch.ts";
import { openReaderState, type ReaderState } from "./reader-state.ts";
import type { Said, Watch } from "./watch.ts";

/** What cannot be done when it has no memory. */
const memoryName = "what has been read cannot be written down";

/*
 * What looks: it reads what strangers have written, and can do nothing but say what it has seen. Root takes that for what
 * it is, see the guard.
 */

export interface EyesOptions {
  readonly memory: Memory;
  readonly now: () => number;
  /** Text of a file; `undefined` if there is none. */
  readonly read: (path: string) => string | undefined;
  readonly names: Names;
  readonly say: (said: Said) => void;
  readonly check: (check: Check, address: string, timeout: number) => Promise<Checked>;
  /** An address of a pool is up or down. */
  readonly see: (seen: Seen) => void;
  /** These addresses belong to names that a jail never bans. */
  readonly allow: (jail: string, addresses: readonly string[]) => void;
  readonly trouble: (text: string) => void;
  /** How it fares with what is to be looked at. */
  readonly fare: (state: ReaderState) => void;
}

export interface Eyes {
  /** Looks at what these say from now on; texts of configuration files by their names. `turn`: which telling this is. */
  configure(files: ReadonlyMap<string, string>, turn: number): void;
  acknowledge(id: number): void;
  forget(address: string): void;
  stop(): void;
}

/** Milliseconds until that is tried again which did not work. */
const retry = 5_000;

/** How often it is looked whose time is over. Milliseconds. */
const tidyEvery = rhythm(60_000);

type OpenWatch = Watch & { readonly file: string; readonly names: readonly RegExp[] };

const filesOf = (some: readonly OpenWatch[]): readonly string[] => [...new Set(some.map(({ file }) => file))];

export function openEyes({ memory, now, read, names, say, check, see, allow, trouble, fare }: EyesOptions): Eyes {
  let watches: readonly OpenWatch[] = [];
  const state = openReaderState(fare);
  /** What is no pool, by its file. */
  let poolProblems = new Map<string, string>();
  let following: Following | undefined;
  /** Whatever else there is to listen to. */
  let listening: readonly { stop(): void }[] = [];
  /** Names whose addresses a jail never bans, by the jail. */
  const named = new Map<string, ReturnType<typeof followNames>>();
  let isBegun = false;
  let pools: readonly { stop(): void }[] = [];
  let poolTexts = "";
  const friends = openFriends(names, now);
  /** Why nothing can be written down. */
  let forgetful: string | undefined;
  let remembering: NodeJS.Timeout | undefined;

  function configure(all: ReadonlyMap<string, string>, turn: number) {
    stop();
    state.begin(turn);
    const isPool = (file: string) => file.startsWith(`${poolDirectory}/`);
    configurePools([...all].filter(([file]) => isPool(file)));
    for (const [file, why] of poolProblems) state.trouble(file, [file], why);
    const files = new Map([...all].filter(([file]) => !isPool(file)));
    watches = [...files].flatMap(([file, text]) => open(file, text) ?? []);
    for (const { config } of jailsOf(watches))
      if (config.allowNames.length > 0)
        named.set(
          config.name,
          followNames(config.allowNames, names, (addresses) => allow(config.name, addresses)),
        );
    // What was said before and not heard; now it is known what each is about.
    if (!isBegun) for (const each of memory.unacknowledged()) tell(each);
    isBegun = true;
    following = followFiles({
      patterns: [...new Set(watches.flatMap(({ logs }) => logs))],
      positions: memory.positions(),
      take: ({ path, bytes, position }) => look(path, bytes, position),
      trouble(path, why, isOurs) {
        trouble(`${path}: ${why}`);
        // What a star stands for is others' to make: one odd file among them is no trouble of who follows them all.
        const isNamed = (log: string) => log === path || log.startsWith(`${path}/`);
        const concerned = watches.filter(
          ({ logs, names }) => logs.some(isNamed) || (isOurs && names.some((pattern) => pattern.test(path))),
        );
        if (concerned.length > 0) state.trouble(path, filesOf(concerned), why);
      },
      well: (path) => state.well(path),
    });
    memory.prune(following.positions);
    remember();
    const wanted = watches.filter(({ journal }) => journal.length > 0);
    const journals = [...Map.groupBy(wanted, ({ journal }) => journal.join(" "))].map(([matches, readers]) => {
      const about = journalName(matches);
      state.wait(about, filesOf(readers));
      return followJournal({
        matches: readers[0]!.journal,
        after: memory.cursor(matches),
        since: now() - Math.max(...readers.map(({ lookBack }) => lookBack)),
        take: (entry) => hear(matches, readers, entry),
        trouble(why) {
          trouble(`the journal: ${why}`);
          state.trouble(about, filesOf(readers), why);
        },
        well: () => state.well(about),
      });
    });
    const heard = watches.filter(({ syslog }) => syslog);
    const servers = [...Map.groupBy(heard, ({ syslog }) => JSON.stringify(syslog))].map(([place, readers]) =>
      keepListening(syslogName(place), readers),
    );
    listening = [...journals, ...servers, ...named.values()];
    if (forgetful !== undefined) state.trouble(memoryName, filesOf(watches), forgetful);
    state.begun();
  }

  /** Listens at a port; one that somebody else has is asked for again. */
  function keepListening(about: string, readers: readonly OpenWatch[]): { stop(): void } {
    let timer: NodeJS.Timeout | undefined;
    const open = () =>
      listenSyslog(
        readers[0]!.syslog!,
        ({ text, moment }) => {
          for (const each of readers) each.entry({ text, moment: moment ?? now() });
          conclude(undefined, readers);
        },
        (why) => {
          trouble(`${about}: ${why}`);
          state.trouble(about, filesOf(readers), why);
          timer ??= setTimeout(() => {
            timer = undefined;
            server.stop();
            server = open();
          }, retry);
        },
        () => state.well(about),
      );
    state.wait(about, filesOf(readers));
    let server = open();
    return {
      stop() {
        clearTimeout(timer);
        server.stop();
      },
    };
  }

  /** Whom a jail does not ban because of who they are is found out first. */
  function tell(said: Said) {
    const jail = said.is === "ban" ? jailsOf(watches).find(({ config }) => config.name === said.jail) : undefined;
    const names = jail && named.get(jail.config.name);
    if (said.is !== "ban" || !jail || !(names || jail.config.searchEngines)) return say(said);
    const found = async () => {
      // Whose address it is has to be known where it counts.
      await names?.known;
      return jail.config.searchEngines ? friends.engineOf(said.address) : undefined;
    };
    void found().then((engine) => {
      if (engine === undefined) return say(said);
      jail.forget(said.address);
      memory.keep(undefined, [jail], []);
      acknowledge(said.id);
      trouble(`${said.address} is not banned: jail ${said.jail} lets search engines pass, and it is ${engine}'s`);
    });
  }

  /** What is looked at already goes on as it is: it knows how its addresses stand. */
  function configurePools(texts: readonly (readonly [string, string])[]) {
    const text = JSON.stringify(texts);
    if (text === poolTexts) return;
    poolTexts = text;
    for (const pool of pools) pool.stop();
    poolProblems = new Map();
    pools = texts.flatMap(([file, each]) => {
      try {
        return [openPoolWatch(poolConfigSchema.parse(JSON.parse(each)), { check, now, tell: see })];
      } catch (error) {
        poolProblems.set(file, (error as Error).message);
        trouble(`${file}: ${(error as Error).message}`);
        return [];
      }
    });
  }

  function open(file: string, text: string) {
    try {
      const watch = watchOf(file, JSON.parse(text));
      return { ...watch, file, names: watch.logs.map(nameMatcher) };
    } catch (error) {
      state.trouble(file, [file], (error as Error).message);
      trouble(`${file}: ${(error as Error).message}`);
      return undefined;
    }
  }

  const watchOf = (file: string, config: unknown): Watch =>
    file.startsWith(`${keyWatchDirectory}/`)
      ? openKeyWatch(keyWatchConfigSchema.parse(config), { now, read })
      : file.startsWith(`${mailLimitDirectory}/`)
        ? openMailWatch(mailLimitConfigSchema.parse(config), { now, read })
        : openLogWatch(jailConfigSchema.parse(config), { memory, now, read, trouble });

  function look(path: string, bytes: Buffer, position: Position) {
    const looking = watches.filter(({ names }) => names.some((pattern) => pattern.test(path)));
    const unfinished = looking.map((watch) => watch.bytes(path, bytes));
    // What has no end yet is read again after a stop.
    conclude({ ...position, offset: position.offset - Math.max(0, ...unfinished) }, looking);
  }

  function hear(matches: string, readers: readonly Watch[], entry: Entry) {
    for (const each of readers) each.entry(entry);
    conclude({ matches, cursor: entry.cursor }, readers);
  }

  const jailsOf = (some: readonly Watch[]) => some.flatMap(({ jail }) => jail ?? []);

  /** Whoever failed once and never again is not remembered for ever. */
  const tidying = setInterval(() => {
    const jails = jailsOf(watches);
    for (const jail of jails) jail.tidy();
    memory.keep(undefined, jails, []);
    remember();
  }, tidyEvery);
  tidying.unref();

  /** Writes down what is to be known; what cannot be, because a disk is full, is tried again, and nothing ends for it. */
  function remember(): void {
    // Trying all of it with each line would hold up the lines.
    if (remembering) return;
    try {
      memory.write();
    } catch (error) {
      const why = (error as Error).message;
      if (forgetful === undefined) trouble(`${memoryName}: ${why}`);
      forgetful = why;
      state.trouble(memoryName, filesOf(watches), why);
      remembering = setTimeout(() => {
        remembering = undefined;
        remember();
      }, retry).unref();
      return;
    }
    if (forgetful !== undefined) state.well(memoryName);
    forgetful = undefined;
  }

  function acknowledge(id: number) {
    memory.acknowledge(id);
    remember();
  }

  function stop() {
    following?.stop();
    for (const each of listening) each.stop();
    named.clear();
  }

  /** What cannot be written down, because a disk is full, is said all the same. */
  function conclude(read: Parameters<Memory["keep"]>[0], looking: readonly Watch[]) {
    const said = memory.keep(
      read,
      jailsOf(looking),
      looking.flatMap((watch) => watch.said()),
    );
    remember();
    for (const each of said) tell(each);
  }

  return {
    configure,
    acknowledge,
    forget(address) {
      for (const jail of jailsOf(watches)) jail.forget(address);
      memory.keep(undefined, jailsOf(watches), []);
      remember();
    },
    stop() {
      clearInterval(tidying);
      clearTimeout(remembering);
      try {
        memory.write();
      } catch {
        // After a restart it is read and counted again.
      }
      for (const pool of pools) pool.stop();
      stop();
    },
  };
}
