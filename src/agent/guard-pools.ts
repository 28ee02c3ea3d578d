import { authorityFile, recordsFile } from "../daemons/bind/bind.ts";
import { authorityIn } from "../daemons/bind/zone-file.ts";
import type { Host } from "../host/host.ts";
import { publishZone } from "../host/name-server.ts";
import { rhythm } from "../host/pace.ts";
import { letPing } from "../host/ping.ts";
import { servedBy, updateZone } from "../host/zone-updates.ts";
import { parseAddress } from "../model/address.ts";
import { type PoolConfig, type Publish, poolConfigSchema, poolDirectory, recordsOf } from "../model/pool.ts";
import type { PoolMember } from "../model/pool-member.ts";
import type { ResourceRef } from "../model/resource.ts";
import { nextSerial, styleOf } from "../model/serial.ts";
import type { Pools } from "../store/pools.ts";
import { choose } from "../watches/pool/choose.ts";
import type { Seen } from "../watches/pool/pool-watch.ts";
import { here, openViews, shareEvery } from "../watches/pool/views.ts";
import type { WorkReport } from "./guard-health.ts";
import { openPoolBook } from "./pool-book.ts";

/** The root side of pools: decides what is published, and has the name server say so. */
export interface PoolGuard {
  configure(files: ReadonlyMap<string, string>): void;
  /** What this host's own eyes have seen. */
  see(seen: Seen): void;
  /** What another host sees. */
  shared(from: string, seen: Seen): void;
  drain(pool: string, address: string, until: number): void;
  undrain(pool: string, address: string): boolean;
  members(): readonly PoolMember[];
  stop(): void;
}

/** Milliseconds until what could not be published is tried again. */
const retry = rhythm(2_000);

export function openPoolGuard({
  host,
  pools: store,
  log,
  report,
  tell,
  news,
}: {
  readonly host: Pick<Host, "files" | "processes" | "clock">;
  readonly pools: Pools;
  readonly log: (text: string) => void;
  readonly report: WorkReport;
  /** Other hosts are to hear what this one sees. */
  readonly tell: (seen: Seen) => void;
  /** Something has been written down. */
  readonly news: () => void;
}): PoolGuard {
  const { files, clock } = host;
  let configs = new Map<string, PoolConfig>();
  const views = openViews(() => clock.now());
  const alarms = new Map<string, string>();
  const working = new Map<string, Promise<void>>();
  const waiting = new Set<string>();
  const again = new Map<string, NodeJS.Timeout>();
  const troubles = new Map<string, string>();
  const members = (pools?: ReadonlySet<string>) =>
    membersOf([...configs.values()].filter(({ name }) => pools?.has(name) ?? true));
  const book = openPoolBook({ store, clock, members, log, report, news });

  /** What other servers give out, as far as we know. */
  const served = new Map<string, readonly string[]>();

  /** What stands in the file that BIND reads, or is given out by a server elsewhere. */
  function publishedOf({ zone, name, members, publish }: PoolConfig): readonly string[] {
    if (publish) return served.get(name) ?? members.map(({ address }) => address);
    const text = files.read(recordsFile(zone, name));
    if (text === undefined) return members.map(({ address }) => address);
    return [...new Set([...text.matchAll(/ A(?:AAA)? (\S+)$/gm)].map(([, address]) => address!))];
  }

  const modifiedAt = (path: string): number => files.stat(path)?.modifiedAt ?? 0;

  function choiceOf(config: PoolConfig) {
    const last = publishedOf(config);
    const drained = new Set(
      store.drains(clock.now()).flatMap(({ pool, address }) => (pool === config.name ? [address] : [])),
    );
    return choose(config, {
      isUp: (each) => views.isUp(config, each, last),
      isDrained: (each) => drained.has(each),
      last,
    });
  }

  /** One after the other for a zone; what comes meanwhile is done together. */
  function settle(zone: string): void {
    // One waits already, and will see this, too.
    if (waiting.has(zone)) return;
    waiting.add(zone);
    const busy = working.get(zone);
    const next = (busy ?? Promise.resolve())
      .then(() => publish(zone))
      .catch((error: Error) => {
        if (troubles.get(zone) !== error.message) log(`${zone}: ${error.message}; tried again`);
        troubles.set(zone, error.message);
        report(...publishing(zone), error.message, { isOutside: true });
        book.observe(configsOf(zone).map(({ name }) => name));
        clearTimeout(again.get(zone));
        again.set(zone, setTimeout(() => settle(zone), retry).unref());
      });
    working.set(zone, next);
  }

  const publishing = (zone: string) =>
    [
      `${zone} cannot be published`,
      (ref: ResourceRef) => configsOf(zone).some(({ name }) => ref === `DnsPool/${name}`),
    ] as const;
  const configsOf = (zone: string) => [...configs.values()].filter((config) => config.zone === zone);

  async function publish(zone: string): Promise<void> {
    waiting.delete(zone);
    const here = configsOf(zone);
    const wanted = new Map<string, string>();
    const changed: string[] = [];
    for (const config of here) {
      if (config.publish) {
        await update(config, config.publish);
        continue;
      }
      const { addresses, alarm } = choiceOf(config);
      raise(config.name, alarm);
      if (config.file === undefined) continue;
      const path = recordsFile(zone, config.name);
      const before = files.read(path);
      const text = recordsOf(config, addresses);
      if (before === undefined || before === text) continue;
      wanted.set(path, text);
      changed.push(`${config.name}: ${addresses.join(", ")}`);
    }
    const config = here.find(({ file }) => file !== undefined);
    const soa = authorityFile(zone);
    const isEdited = config?.file !== undefined && modifiedAt(config.file) > modifiedAt(soa);
    if (isEdited) changed.push(`${zone}: its file has been edited`);
    if ((wanted.size > 0 || isEdited) && config?.file !== undefined) {
      const authority = authorityIn(files.read(soa) ?? "", zone);
      if (!authority) throw new Error(`${soa} has no SOA record`);
      const now = clock.now();
      const serial = nextSerial(
        authority.serial,
        config.serial === "auto" ? styleOf(authority.serial, now) : config.serial,
        now,
      );
      wanted.set(soa, authority.with(serial));
      await publishZone(host, { zone, file: config.file, serial, wanted });
      for (const says of changed) log(`published ${says} (serial ${serial})`);
      book.remember(
        "published",
        changed.map((says) => `${says} (serial ${serial})`),
      );
    }
    troubles.delete(zone);
    report(...publishing(zone), undefined);
    book.observe(here.map(({ name }) => name));
  }

  /** A server elsewhere, which may have been told something else by others. */
  async function update(config: PoolConfig, publish: Publish): Promise<void> {
    const found = await servedBy(publish, config);
    served.set(
      config.name,
      found.filter((address) => config.members.some((member) => member.address === address)),
    );
    const { addresses, alarm } = choiceOf(config);
    raise(config.name, alarm);
    if ([...found].sort().join() === [...addresses].sort().join()) return;
    await updateZone(host, publish, config, addresses);
    served.set(config.name, addresses);
    const says = `${config.name}: ${addresses.join(", ")} (${publish.server})`;
    log(`published ${says}`);
    book.remember("published", [says]);
  }

  function raise(pool: string, alarm: string | undefined): void {
    if (alarms.get(pool) === alarm) return;
    if (alarm === undefined) alarms.delete(pool);
    else alarms.set(pool, alarm);
    const says = `${pool}: ${alarm ?? "enough addresses are up again"}`;
    log(says);
    book.remember("pool alarm", [says]);
  }

  function membersOf(some: Iterable<PoolConfig>): PoolMember[] {
    const now = clock.now();
    const drains = store.drains(now);
    return [...some].flatMap((config) => {
      const published = new Set(publishedOf(config));
      return config.members.map(({ address }): PoolMember => {
        const all = views.votes(config, address);
        const [latest] = [...all].sort((one, other) => other.since - one.since);
        const drain = drains.find((each) => each.pool === config.name && each.address === address);
        return {
          pool: config.name,
          address,
          ...(latest && {
            isUp: views.isUp(config, address, [...published]),
            since: latest.since,
            says: latest.says,
            took: latest.took,
            ...(latest.certificateEnds !== undefined && { certificateEnds: latest.certificateEnds }),
          }),
          votes: [all.filter((health) => health.isUp).length, all.length],
          isPublished: published.has(address),
          ...(drain && { drainedUntil: drain.until }),
        };
      });
    });
  }

  function note(from: string, { pool, address, health }: Seen): void {
    const config = configs.get(pool);
    if (!config?.members.some((member) => member.address === address)) return;
    const before = views.put(pool, address, from, health);
    const isChange = before?.isUp !== health.isUp;
    // First of all: what visitors are given waits for nothing that is to be written down.
    if (isChange) settle(config.zone);
    const { certificateEnds } = health;
    if (from === here && certificateEnds !== before?.certificateEnds) {
      if (certificateEnds !== undefined) book.warn(pool, address, certificateEnds);
      book.observe([pool]);
    }
    // That all is well when we begin is no news.
    if (isChange && from === here && (before || !health.isUp)) {
      log(`${pool}: ${address} is ${health.isUp ? "up" : "down"}: ${health.says}`);
      book.note({ pool, address, at: health.since, isUp: health.isUp, says: health.says });
    }
  }

  // Others go by what they have heard lately; who is drained comes back by itself.
  const sharing = setInterval(() => {
    for (const config of configs.values()) {
      if (config.vantage > 1)
        for (const { address } of config.members) {
          const own = views.own(config.name, address);
          if (own) tell({ pool: config.name, address, health: own });
        }
      settle(config.zone);
    }
  }, shareEvery);
  sharing.unref();

  return {
    configure(texts) {
      const found = new Map<string, PoolConfig>();
      for (const [file, text] of texts) {
        if (!file.startsWith(`${poolDirectory}/`)) continue;
        try {
          const config = poolConfigSchema.parse(JSON.parse(text));
          found.set(config.name, config);
        } catch (error) {
          log(`${file} is no pool: ${(error as Error).message}`);
        }
      }
      configs = found;
      try {
        letPing(host);
      } catch (error) {
        log(`nobody here may ping: ${(error as Error).message}`);
      }
      book.tidy();
      for (const { zone } of found.values()) settle(zone);
    },
    see(seen) {
      note(here, seen);
      if ((configs.get(seen.pool)?.vantage ?? 1) > 1) tell(seen);
    },
    shared: (from, seen) => note(from, seen),
    drain(pool, address, until) {
      known(configs, pool, address);
      const says = `${pool}: ${address} is out until ${new Date(until).toISOString()}`;
      store.drain({ pool, address, until }, { is: "drained", says, at: clock.now() });
      settle(configs.get(pool)!.zone);
      news();
    },
    undrain(pool, address) {
      known(configs, pool, address);
      const was = store.undrain(pool, address, { is: "undrained", says: `${pool}: ${address}`, at: clock.now() });
      settle(configs.get(pool)!.zone);
      news();
      return was;
    },
    members: () => members(),
    stop() {
      clearInterval(sharing);
      book.stop();
      for (const timer of again.values()) clearTimeout(timer);
    },
  };
}

function known(configs: ReadonlyMap<string, PoolConfig>, pool: string, address: string): void {
  const config = configs.get(pool);
  if (!config) throw new Error(`there is no pool ${pool} here; there are: ${[...configs.keys()].join(", ") || "none"}`);
  if (!parseAddress(address) || !config.members.some((member) => member.address === address))
    throw new Error(
      `${address} is none of ${pool}'s addresses: ${config.members.map((member) => member.address).join(", ")}`,
    );
}
