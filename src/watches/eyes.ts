import type { Checked } from "../host/checks.ts";
import { type Following, followFiles, type Position } from "../host/follow-files.ts";
import { type Entry, followJournal } from "../host/follow-journal.ts";
import { nameMatcher } from "../host/log-file.ts";
import type { Names } from "../host/names.ts";
import { listenSyslog } from "../host/syslog.ts";
import { jailConfigSchema } from "../model/jail.ts";
import { keyWatchConfigSchema, keyWatchDirectory } from "../model/key.ts";
import { mailLimitConfigSchema, mailLimitDirectory } from "../model/mail-limit.ts";
import { type Check, poolConfigSchema, poolDirectory } from "../model/pool.ts";
import { followNames, openFriends } from "./jail/friends.ts";
import { openLogWatch } from "./jail/log-watch.ts";
import { openKeyWatch } from "./keys/key-watch.ts";
import { openMailWatch } from "./mail/mail-watch.ts";
import type { Memory } from "./memory.ts";
import { openPoolWatch, type Seen } from "./pool/pool-watch.ts";
import type { Said, Unsaid, Watch } from "./watch.ts";

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
}

export interface Eyes {
  /** Looks at what these say from now on; texts of configuration files by their names. */
  configure(files: ReadonlyMap<string, string>): void;
  acknowledge(id: number): void;
  forget(address: string): void;
  stop(): void;
}

/** How often it is looked whose time is over. Milliseconds. */
const tidyEvery = 60_000;

export function openEyes({ memory, now, read, names, say, check, see, allow, trouble }: EyesOptions): Eyes {
  let watches: readonly (Watch & { readonly names: readonly RegExp[] })[] = [];
  let following: Following | undefined;
  /** Whatever else there is to listen to. */
  let listening: readonly { stop(): void }[] = [];
  /** Names whose addresses a jail never bans, by the jail. */
  const named = new Map<string, ReturnType<typeof followNames>>();
  let isBegun = false;
  let pools: readonly { stop(): void }[] = [];
  let poolTexts = "";
  const friends = openFriends(names, now);
  let isForgetful = false;
  /** Numbers of what nobody has written down: higher than those of others will ever be. */
  let unwritten = 2 ** 50;

  function configure(all: ReadonlyMap<string, string>) {
    stop();
    const isPool = (file: string) => file.startsWith(`${poolDirectory}/`);
    configurePools([...all].filter(([file]) => isPool(file)));
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
      trouble: (path, why) => trouble(`${path}: ${why}`),
    });
    memory.prune(following.positions);
    const wanted = watches.filter(({ journal }) => journal.length > 0);
    const journals = [...Map.groupBy(wanted, ({ journal }) => journal.join(" "))].map(([matches, readers]) =>
      followJournal({
        matches: readers[0]!.journal,
        after: memory.cursor(matches),
        since: now() - Math.max(...readers.map(({ lookBack }) => lookBack)),
        take: (entry) => hear(matches, readers, entry),
        trouble: (why) => trouble(`the journal: ${why}`),
      }),
    );
    const heard = watches.filter(({ syslog }) => syslog);
    const servers = [...Map.groupBy(heard, ({ syslog }) => JSON.stringify(syslog))].map(([place, readers]) =>
      listenSyslog(
        readers[0]!.syslog!,
        ({ text, moment }) => {
          for (const each of readers) each.entry({ text, moment: moment ?? now() });
          conclude(undefined, readers);
        },
        (why) => trouble(`syslog at ${place}: ${why}`),
      ),
    );
    listening = [...journals, ...servers, ...named.values()];
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
      memory.acknowledge(said.id);
      jail.forget(said.address);
      trouble(`${said.address} is not banned: jail ${said.jail} lets search engines pass, and it is ${engine}'s`);
    });
  }

  /** What is looked at already goes on as it is: it knows how its addresses stand. */
  function configurePools(texts: readonly (readonly [string, string])[]) {
    const text = JSON.stringify(texts);
    if (text === poolTexts) return;
    poolTexts = text;
    for (const pool of pools) pool.stop();
    pools = texts.flatMap(([file, each]) => {
      try {
        return [openPoolWatch(poolConfigSchema.parse(JSON.parse(each)), { check, now, tell: see })];
      } catch (error) {
        trouble(`${file}: ${(error as Error).message}`);
        return [];
      }
    });
  }

  function open(file: string, text: string) {
    try {
      const watch = watchOf(file, JSON.parse(text));
      return { ...watch, names: watch.logs.map(nameMatcher) };
    } catch (error) {
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
    if (jails.length > 0) memory.keep(undefined, jails, []);
  }, tidyEvery);
  tidying.unref();

  function stop() {
    following?.stop();
    for (const each of listening) each.stop();
    named.clear();
  }

  /** What cannot be written down, because a disk is full, is said all the same; after a restart it is worked out again. */
  function conclude(read: Parameters<Memory["keep"]>[0], looking: readonly Watch[]) {
    const unsaid: Unsaid[] = looking.flatMap((watch) => watch.said());
    let all: readonly Said[];
    try {
      all = memory.keep(read, jailsOf(looking), unsaid);
      isForgetful = false;
    } catch (error) {
      if (!isForgetful) trouble(`what has been read cannot be written down: ${(error as Error).message}`);
      isForgetful = true;
      all = unsaid.map((each) => ({ ...each, id: ++unwritten }));
    }
    for (const each of all) tell(each);
  }

  return {
    configure,
    acknowledge: (id) => memory.acknowledge(id),
    forget(address) {
      for (const jail of jailsOf(watches)) jail.forget(address);
      memory.keep(undefined, jailsOf(watches), []);
    },
    stop() {
      clearInterval(tidying);
      for (const pool of pools) pool.stop();
      stop();
    },
  };
}
