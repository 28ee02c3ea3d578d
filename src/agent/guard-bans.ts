import type { Host } from "../host/host.ts";
import { nft } from "../host/nftables.ts";
import { vitalAddresses } from "../host/own-addresses.ts";
import { rhythm } from "../host/pace.ts";
import { type Address, isIn, networkOf, parseAddress, parseNetwork } from "../model/address.ts";
import type { Banned } from "../model/ban.ts";
import { type JailConfig, jailConfigSchema, jailDirectory } from "../model/jail.ts";
import { printable } from "../model/printable.ts";
import { parseRef, type ResourceRef } from "../model/resource.ts";
import type { Bans } from "../store/bans.ts";
import { type Decision, type SharedBan, sharedSchema } from "../watches/jail/decision.ts";
import { fillEmptyTable, keepOut, letIn, table, together } from "../watches/jail/packet-filter.ts";
import { openGuardBook } from "./guard-book.ts";
import { ReportedError, type WorkReport } from "./guard-health.ts";
import { isRefusal, openRefusals, placesOf } from "./guard-refusals.ts";

/** The root side of jails: holds what they ask for against what the host's owner has stated, and keeps people out. */
export interface BanGuard {
  configure(files: ReadonlyMap<string, string>): void;
  /** The addresses of names that a jail never bans. */
  named(jail: string, addresses: readonly string[]): void;
  /** What the eyes ask for. Rejects where the packet filter does. */
  take(decisions: readonly Decision[]): Promise<void>;
  /** Somebody asks for it. */
  ban(ban: Banned): Promise<void>;
  /** Returns whether it was banned. */
  unban(address: string): Promise<boolean>;
  /** Another host has banned somebody. Rejects where this host's own jail says otherwise. */
  shared(from: string, ban: unknown): Promise<void>;
  stop(): void;
}

/** For so long, who is vital is not asked again. Milliseconds. */
const freshness = rhythm(5_000);

/** Milliseconds until the packet filter is asked again. */
const retry = 2_000;

/** Milliseconds between two looks whether the packet filter still has its table. */
const lookEvery = rhythm(20_000);

const packetFilter = "the packet filter cannot be told who is banned";
const overList = "bans that are over cannot be forgotten";
const serverList = "the files by which web servers keep people out cannot be written";

/** Keeps out, from the moment it returns on, those who were banned before. */
export async function openBanGuard({
  host,
  bans,
  log,
  report,
  tell,
  news,
}: {
  readonly host: Host;
  readonly bans: Bans;
  readonly log: (text: string) => void;
  readonly report: WorkReport;
  /** Others are to hear of it. */
  readonly tell: (ban: SharedBan) => void;
  /** Something has been written down. */
  readonly news: () => void;
}): Promise<BanGuard> {
  const { clock } = host;
  let jails = new Map<string, JailConfig>();
  const names = new Map<string, readonly Address[]>();
  let vital: { readonly at: number; readonly addresses: readonly Address[] } | undefined;

  let isStopped = false;
  let isFilled = false;

  /** Without the packet filter nobody is kept out by it; all else goes on, and it is tried again. */
  async function fill(): Promise<void> {
    if (isStopped) return;
    try {
      // In one batch: nobody gets in meanwhile.
      await nft(host, fillEmptyTable(bans.members(clock.now(), "packet filter")));
      isFilled = true;
      report(packetFilter, isFiltered, undefined);
    } catch (error) {
      if (!isRetried) log(`${(error as Error).message}; tried again`);
      isRetried = true;
      report(packetFilter, isFiltered, (error as Error).message);
      setTimeout(() => void fill(), retry).unref();
    }
  }
  let isRetried = false;

  /** Fills it anew: somebody may have flushed the whole ruleset, as nftables.service does. */
  async function refill(): Promise<void> {
    isFilled = false;
    await fill();
  }

  /** Has the packet filter do something, once it has what it should have. */
  async function filter(batch: string): Promise<void> {
    try {
      if (!isFilled) throw new Error("those who were banned before are not kept out yet");
      await nft(host, batch).catch(async (error: Error) => {
        await refill();
        if (!isFilled) throw error;
        await nft(host, batch);
      });
    } catch (error) {
      if (isFilled) report(packetFilter, isFiltered, (error as Error).message);
      throw new ReportedError((error as Error).message);
    }
    report(packetFilter, isFiltered, undefined);
  }

  async function lookAtTable(): Promise<void> {
    if (!isFilled || isStopped || (await hasTable(host))) return;
    log("the packet filter has no table of who is banned any longer; it gets it again");
    await refill();
  }
  const looking = setInterval(() => void lookAtTable(), lookEvery);
  looking.unref();

  const isFiltered = (ref: ResourceRef) => {
    const { kind, name } = parseRef(ref);
    return kind === "Jail" && jails.get(name)?.byServer !== true;
  };
  const isServed = (ref: ResourceRef) => {
    const { kind, name } = parseRef(ref);
    return kind === "Jail" && jails.get(name)?.byServer === true;
  };

  await fill();
  const book = openGuardBook({ what: overList, concerns: (ref) => ref.startsWith("Jail/"), log, report });
  book.write(() => bans.forgetOld(clock.now()));
  const refusals = openRefusals(host, bans, (why) => report(serverList, isServed, why));

  async function keep(made: readonly Banned[]) {
    const now = clock.now();
    const members = made.flatMap((ban) => placesOf(ban).map((member) => ({ ...member, remaining: ban.until - now })));
    const filtered = together(members.filter((member) => !isRefusal(member)));
    if (filtered.length > 0) await filter(keepOut(filtered));
    bans.put(made, placesOf);
    refusals.put(members);
    if (made.length > 0) news();
  }

  async function take(decisions: readonly Decision[]) {
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
      if (jails.get(jail)?.everywhere) tell({ address, jail, until, number, evidence: [...evidence] });
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
    if ((names.get(jail) ?? []).some((each) => isIn(address, around(each)))) return "the jail lets that name pass";
    return (await isVital(address)) ? "this machine, its gateway, or somebody who is signed in has it" : undefined;
  }

  async function isVital(address: Address): Promise<boolean> {
    if (!vital || vital.at < clock.now() - freshness) {
      const texts = await vitalAddresses(host);
      vital = { at: clock.now(), addresses: texts.flatMap((text) => parseAddress(text) ?? []) };
    }
    return isLoopback(address) || vital.addresses.some((each) => isIn(address, around(each)));
  }

  return {
    configure(files) {
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
      refusals.settle();
    },
    named(jail, addresses) {
      names.set(
        jail,
        addresses.flatMap((text) => parseAddress(text) ?? []),
      );
    },
    take,
    ban: (ban) => keep([ban]),
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
      if (filtered.length > 0) await filter(letIn(filtered));
      refusals.drop(members);
      const wasBanned = bans.drop(address, members, clock.now());
      if (wasBanned) news();
      return wasBanned;
    },
    stop() {
      isStopped = true;
      clearInterval(looking);
      book.stop();
      refusals.stop();
    },
  };
}

/** Also where nft(8) itself is gone: then it is not known. */
async function hasTable(host: Host): Promise<boolean> {
  const { code, stdout } = await host.processes.run(["nft", "list", "tables", "inet"]);
  return code === 0 && stdout.split("\n").includes(`table ${table}`);
}

/** Who shares the network that counts as one customer counts the same. */
const around = (address: Address) => networkOf(address, address.family === 4 ? 32 : 64);

const isLoopback = (address: Address): boolean =>
  ["127.0.0.0/8", "::1"].some((each) => isIn(address, parseNetwork(each)!));

const lengthOf = ({ since, until }: Pick<Decision, "since" | "until">): string =>
  `for ${Math.round((until - since) / 1000)} s`;
