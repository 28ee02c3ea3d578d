import { z } from "zod";
import type { Confined, ConfinedOptions } from "../host/confined.ts";
import type { Host } from "../host/host.ts";
import { nft } from "../host/nftables.ts";
import { vitalAddresses } from "../host/own-addresses.ts";
import { type Address, isIn, networkOf, parseAddress, parseNetwork } from "../model/address.ts";
import type { Banned } from "../model/ban.ts";
import { type JailConfig, jailConfigSchema, jailDirectory, jailName } from "../model/jail.ts";
import { attemptSchema } from "../model/key.ts";
import type { Bans } from "../store/bans.ts";
import type { Keys } from "../store/keys.ts";
import type { Pools } from "../store/pools.ts";
import { type Decision, decisionSchema, type SharedBan, sharedSchema } from "../watches/jail/decision.ts";
import { emptyTable, fillTable, keepOut, letIn, together } from "../watches/jail/packet-filter.ts";
import { type Seen, seenSchema } from "../watches/pool/pool-watch.ts";
import type { Said } from "../watches/watch.ts";
import { forEyes } from "./for-eyes.ts";
import { type KeyGuard, openKeyGuard, type RevokedElsewhere } from "./guard-keys.ts";
import { openPoolGuard, type PoolGuard } from "./guard-pools.ts";
import { isRefusal, openRefusals, placesOf } from "./guard-refusals.ts";

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
  z.strictObject({ is: z.literal("names"), jail: jailName, addresses: z.array(z.string().max(45)).max(1_000) }),
]);

export interface GuardOptions {
  readonly host: Host;
  readonly bans: Bans;
  readonly keys: Keys;
  readonly pools: Pools;
  /** Starts what looks. */
  readonly look: (options: Pick<ConfinedOptions, "hear" | "ended">) => Confined;
  /** Texts of the configuration files of jails and of what watches keys, by their names. */
  readonly read: () => ReadonlyMap<string, string>;
  readonly log: (text: string) => void;
}

/** Something has been written down; others are to hear of a ban, or of a key that is revoked. */
export interface GuardNews {
  readonly everywhere?: SharedBan;
  readonly revoked?: RevokedElsewhere;
  readonly seen?: Seen;
}

export interface Guard {
  /** What is stated is not what it was. Resolves when it is as it says now. */
  reconfigure(): Promise<void>;
  readonly keys: KeyGuard;
  readonly pools: PoolGuard;
  ban(ban: Banned): Promise<void>;
  /** Hears that somebody has been banned or let in, and of bans that are to hold on other hosts. Returns what ends that. */
  onNews(hear: (news: GuardNews) => void): () => void;
  /** Another host has banned somebody. Rejects where this host's own jail says otherwise. */
  shared(from: string, ban: unknown): Promise<void>;
  /** Returns whether it was banned. */
  unban(address: string): Promise<boolean>;
  stop(): void;
}

/** Milliseconds until the eyes are started again, doubled each time up to the last. */
const [firstPause, lastPause] = [200, 10_000];

/** For so long, who is vital is not asked again. Milliseconds. */
const freshness = 5_000;

/** Keeps out whom the jails say, from the moment it returns on: those who were banned before first. */
export async function startGuard({ host, bans, keys, pools, look, read, log }: GuardOptions): Promise<Guard> {
  const { clock } = host;
  let jails = new Map<string, JailConfig>();
  let eyes: Confined | undefined;
  let isStopped = false;
  let pause = firstPause;
  let waiting: Said[] = [];
  /** Addresses of names that a jail never bans. */
  const named = new Map<string, readonly Address[]>();
  const hearers = new Set<(news: GuardNews) => void>();
  let isActing = false;
  let vital: { readonly at: number; readonly addresses: readonly Address[] } | undefined;

  const keyGuard = openKeyGuard({ host, keys, log, tell: (revoked) => spread({ revoked }) });

  const poolGuard = openPoolGuard({ host, pools, log, tell: (seen) => spread({ seen }), news: () => spread({}) });

  // In one batch: nobody gets in meanwhile.
  const byFilter = function* (members: ReturnType<Bans["members"]>) {
    for (const member of members) if (!isRefusal(member)) yield member;
  };
  await nft(host, emptyTable + fillTable(byFilter(bans.members(clock.now()))));
  bans.forgetOld(clock.now());
  const refusals = openRefusals(host, bans);

  async function keep(made: readonly Banned[]) {
    const now = clock.now();
    const members = made.flatMap((ban) => placesOf(ban).map((member) => ({ ...member, remaining: ban.until - now })));
    const filtered = together(members.filter((member) => !isRefusal(member)));
    if (filtered.length > 0) await nft(host, keepOut(filtered));
    bans.put(made, placesOf);
    refusals.put(members);
    if (made.length > 0) spread({});
  }

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
    jails = new Map();
    for (const [file, text] of files) {
      if (!file.startsWith(`${jailDirectory}/`)) continue;
      try {
        const config = jailConfigSchema.parse(JSON.parse(text));
        jails.set(config.name, config);
      } catch (error) {
        log(`${file} is no jail: ${(error as Error).message}`);
      }
    }
    eyes?.say(JSON.stringify({ is: "configure", files: [...forEyes(files)] }));
    refusals.settle();
    poolGuard.configure(files);
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
      named.set(
        said.jail,
        said.addresses.flatMap((text) => parseAddress(text) ?? []),
      );
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
    if (decisions.length > 0) await ban(decisions);
    for (const { id } of said) eyes?.say(JSON.stringify({ is: "acknowledge", id }));
  }

  async function ban(decisions: readonly Decision[]) {
    const made: Banned[] = [];
    for (const decision of decisions) {
      const config = jails.get(decision.jail);
      const refusal = config ? await refusalOf(decision, config) : `there is no jail ${decision.jail}`;
      if (!config || refusal !== undefined) log(`${decision.address} is not banned: ${refusal}`);
      else if (config.active) made.push(banOf(decision, config));
      else log(`jail ${decision.jail} would have banned ${decision.address} ${lengthOf(decision)}`);
    }
    await keep(made);
    for (const { address, jail, since, until, number } of made)
      log(`banned ${address} ${lengthOf({ since, until })}, jail ${jail}${number > 1 ? `, the ${number}. time` : ""}`);
    for (const { address, jail = "", until, number, evidence } of made)
      if (jails.get(jail)?.everywhere)
        spread({ everywhere: { address, jail, until, number, evidence: [...evidence] } });
  }

  function banOf(
    { jail, address, until, number, evidence }: SharedBan,
    { ports, longest, banTime, byServer }: JailConfig,
  ): Banned {
    const now = clock.now();
    const end = Math.min(until, now + Math.max(longest, banTime));
    const clean = evidence.map(printable);
    return {
      address,
      jail,
      reason: `jail ${jail}`,
      ports,
      since: now,
      until: end,
      number,
      evidence: clean,
      ...(byServer && { byServer }),
    };
  }

  async function refusalOf(
    { address: text, until, jail }: SharedBan,
    { allow }: JailConfig,
  ): Promise<string | undefined> {
    const address = parseAddress(text)!;
    if (until <= clock.now()) return "that is over already";
    if (allow.some((each) => isIn(address, parseNetwork(each)!))) return "the jail lets it pass";
    if ((named.get(jail) ?? []).some((each) => isIn(address, around(each)))) return "the jail lets that name pass";
    return (await isVital(address)) ? "this machine, its gateway, or somebody who is signed in has it" : undefined;
  }

  async function isVital(address: Address): Promise<boolean> {
    if (!vital || vital.at < clock.now() - freshness) {
      const texts = await vitalAddresses(host);
      vital = { at: clock.now(), addresses: texts.flatMap((text) => parseAddress(text) ?? []) };
    }
    return isLoopback(address) || vital.addresses.some((each) => isIn(address, around(each)));
  }

  start();
  return {
    reconfigure: configure,
    keys: keyGuard,
    pools: poolGuard,
    ban: (ban) => keep([ban]),
    onNews(hear) {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
    async shared(from, given) {
      const ban = sharedSchema.parse(given);
      const config = jails.get(ban.jail);
      if (!config?.everywhere || !config.active) throw new Error(`jail ${ban.jail} keeps to itself here`);
      const refusal = await refusalOf(ban, config);
      if (refusal !== undefined) throw new Error(`${ban.address} is not banned: ${refusal}`);
      const made = banOf(ban, config);
      await keep([{ ...made, reason: `jail ${ban.jail} on ${from}` }]);
      log(`banned ${ban.address} ${lengthOf(made)}, jail ${ban.jail} on ${from}`);
    },
    async unban(address) {
      const members = together(
        bans
          .find(address)
          .flatMap(placesOf)
          .map((member) => ({ ...member, remaining: 0 })),
      );
      const filtered = members.filter((member) => !isRefusal(member));
      if (filtered.length > 0) await nft(host, letIn(filtered));
      refusals.drop(members);
      eyes?.say(JSON.stringify({ is: "forget", address }));
      const wasBanned = bans.drop(address, members, clock.now());
      if (wasBanned) spread({});
      return wasBanned;
    },
    stop() {
      isStopped = true;
      refusals.stop();
      poolGuard.stop();
      eyes?.stop();
    },
  };
}

/** Who shares the network that counts as one customer counts the same. */
const around = (address: Address) => networkOf(address, address.family === 4 ? 32 : 64);

/** What strangers wrote ends no line of a journal and moves no cursor. */
const printable = (text: string): string => text.replaceAll(/\p{Cc}/gu, "?");

const isLoopback = (address: Address): boolean =>
  ["127.0.0.0/8", "::1"].some((each) => isIn(address, parseNetwork(each)!));

const lengthOf = ({ since, until }: Pick<Decision, "since" | "until">): string =>
  `for ${Math.round((until - since) / 1000)} s`;
