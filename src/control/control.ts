import { hash, randomBytes } from "node:crypto";
import type { ControlBus } from "../bus/bus.ts";
import { absence, heartbeat, lostTurn } from "../bus/heartbeat.ts";
import { rhythm } from "../host/pace.ts";
import type { GuardAsks, HostState, LinkAsks, LiveEvent } from "../model/report.ts";
import type { ResourceRef } from "../model/resource.ts";
import type { Signature } from "../store/audit.ts";
import type { Pages } from "../store/built-pages.ts";
import { describeBehind } from "../store/catch-up.ts";
import type { Estate } from "../store/estate.ts";
import type { Fleet } from "../store/fleet.ts";
import type { FleetHost, HostKey } from "../store/fleet-host.ts";
import { Overtaken, type Write } from "../store/writing.ts";
import { type GuardAnswer, type HostPlan, type HostQuestions, hostQuestions } from "./asking.ts";
import { compareWithBus } from "./comparing.ts";
import type { HostOutcome } from "./following.ts";
import { lettersTo } from "./letters.ts";
import { type Linked, linkOnAll } from "./linking.ts";
import { publishing } from "./publishing.ts";
import { gatherSamples } from "./sampling.ts";
import { type Statement, stating } from "./stating.ts";

/** How often to look for what others have written, and for what time alone brings. Milliseconds. */
const tick = rhythm(1_000);

/** How often what is too old is thrown away, and it is written down how busy hosts are. Milliseconds. */
const [tidyEvery, sampleEvery] = [rhythm(3_600_000), rhythm(60_000)];

/** How long a token is good. Milliseconds. */
const tokenLife = 3_600_000;

/** Milliseconds that what is under way may take to end. */
const patience = 5_000;

/** Who does something, and how they would say it. */
export interface Actor {
  readonly name: string;
  readonly command: string;
}

/** What someone wants to be so. */
export interface Intention {
  readonly statements: readonly Statement[];
  /** Paths whose earlier statements go, where they are not among these. */
  readonly prune: readonly string[];
  /** What goes. */
  readonly gone?: readonly ResourceRef[];
  /** Built pages that they speak of. */
  readonly pages: Pages;
}

/** What has been accepted, to be followed until it is so. */
export interface Accepted {
  readonly refs: readonly ResourceRef[];
  readonly hosts: readonly string[];
  /** How many of them are news, or are tried again. */
  readonly changed: number;
}

/** The control plane without its door: the estate on one side, the bus on the other, nothing kept in between. */
export interface Control extends Pick<HostQuestions, "describe" | "since"> {
  readonly estate: Estate;
  readonly fleet: Fleet;
  plan(intention: Intention, actor: Actor): Promise<HostPlan[]>;
  apply(intention: Intention, actor: Actor): Promise<Accepted>;
  remove(refs: readonly ResourceRef[], actor: Actor): Promise<Accepted>;
  /** Writes what has been worked out elsewhere, and has it carried out. */
  write(writes: readonly Write[], actor: Actor): Promise<Accepted>;
  /** What is pending on one host, or was changed by hand. */
  planOf(host: string): Promise<HostPlan>;
  restoreOf(host: string): Promise<HostOutcome>;
  /** Has every host put everything right, one after the other. */
  restore(): Promise<HostOutcome[]>;
  /** Asks the guards of all hosts, or of one. */
  guard(asks: GuardAsks, host?: string): Promise<GuardAnswer[]>;
  /** Lets people into sites in maintenance by links, or no longer. */
  link(asks: LinkAsks): Promise<Linked>;
  /** Hears what happens, until the signal is given. */
  follow(hear: (news: News) => void, until: AbortSignal): void;
  /** Forgets a host, here and on the bus. */
  removeHost(name: string, signature: Signature): Promise<void>;
  /** What lets a machine become this host, once and soon. Good for an hour. */
  token(host: string): Promise<string>;
  /** Hosts, with what has been heard since it was last written down. */
  hosts(): Promise<FleetHost[]>;
  isPresent(host: string): boolean;
  /** Something has been written: tell those whom it concerns. */
  nudge(): void;
  close(): Promise<void>;
}

export type News =
  | { readonly is: "event"; readonly host: string; readonly event: LiveEvent }
  /** Conditions, turns or hosts are not what they were. */
  | { readonly is: "change" };

/** `keep` is told the hosts again and again, so that who is none any longer cannot come in. */
export function startControl(
  { estate, fleet }: { readonly estate: Estate; readonly fleet: Fleet },
  bus: ControlBus,
  { now, log, keep }: { now: () => number; log: (text: string) => void; keep?: (hosts: readonly HostKey[]) => void },
): Control {
  const heard = new Map<string, { at: number; state: HostState }>();
  const unwritten = new Set<string>();
  const hearers = new Set<(news: News) => void>();
  const samples = gatherSamples(fleet.samples);
  let stopped = false;
  let nudged = true;
  let wake = () => {};
  let wrongFor = 0;
  let hostsChanged = true;
  let missesReports = false;
  const spread = (news: News) => {
    for (const hear of hearers) hear(news);
  };
  const nudge = () => {
    nudged = true;
    wake();
  };

  bus.onEvents((host, event) => {
    if (event.is === "alive") {
      const wasAway = !isPresent(host);
      heard.set(host, { at: now(), state: event.state });
      samples.heard(host, now(), event.state);
      unwritten.add(host);
      if (wasAway) nudge();
    }
    spread({ is: "event", host, event });
  });
  const reporting = bus.onReports(async (reports) => {
    const isTurn = await fleet.heard(reports, now());
    spread({ is: "change" });
    // Others may be waiting for them.
    if (isTurn) nudge();
  });

  const letters = lettersTo(bus, fleet, estate);
  const { publish, restock } = publishing(fleet, bus, letters, () => !stopped);
  const startedAt = now();
  // Who has just started has heard nobody yet, and takes nobody for away.
  const isPresent = (host: string) => now() - Math.max(startedAt, heard.get(host)?.at ?? 0) < absence;

  async function writeSeen() {
    const hosts = new Map([...unwritten].map((host) => [host, heard.get(host)!]));
    unwritten.clear();
    const behind = hosts.size > 0 && (await fleet.seen(hosts));
    if (behind) log(describeBehind(behind));
    missesReports ||= Boolean(behind);
    const all = missesReports ? await fleet.hosts() : [];
    missesReports = false;
    asking.tell(all);
  }

  async function work() {
    let seenAt = 0;
    let hostsAt = 0;
    let tidiedAt = now();
    let sampledAt = now();
    while (!stopped) {
      nudged = false;
      try {
        if (keep && (now() - hostsAt >= tick || hostsChanged)) {
          hostsChanged = false;
          hostsAt = now();
          keep(await fleet.keys());
        }
        await fleet.turns({ now: now(), isPresent, lostAfter: lostTurn });
        while (await publish());
        if (now() - seenAt > heartbeat) {
          seenAt = now();
          await writeSeen();
        }
        if (now() - sampledAt > sampleEvery) {
          sampledAt = now();
          await samples.keep(now());
        }
        if (now() - tidiedAt > tidyEvery) {
          tidiedAt = now();
          for (const log of [fleet.happenings, fleet.news, fleet.samples]) await log.forgetOld(now());
        }
        if (wrongFor > 0) log("goes on");
        wrongFor = 0;
      } catch (error) {
        if (wrongFor++ === 0) log(`cannot go on at the moment: ${(error as Error).message}`);
      }
      if (nudged || stopped) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, tick);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  bus.onJoin(async ({ secret, publicKey, boxKey }) => {
    const host = await fleet.join(hash("sha256", secret), { publicKey, boxKey }, now());
    if (host === undefined) throw new Error("this token is not good any longer: it can be used once, and for an hour");
    log(`${host} has joined`);
    // Servers that elect a leader take their time, and the machine waits; if not now, then with the next comparison.
    bus.prepare(host).catch(() => {});
    letters.forget(host);
    hostsChanged = true;
    nudge();
    return host;
  });

  const asking = hostQuestions(bus, isPresent);
  const working = work();
  const comparing = compareWithBus(restock, log);
  bus.onDoubt(comparing.soon);
  bus.onReportsLost(() => {
    missesReports = true;
  });

  async function write(writes: readonly Write[], actor: Actor): Promise<Accepted> {
    const refs = writes.map(({ ref }) => ref);
    const signature = { at: now(), actor: actor.name, cause: actor.command };
    const changed = await estate.write(writes, signature);
    spread({ is: "change" });
    const again = await fleet.goOn(
      refs.filter((ref) => !changed.has(ref)),
      signature,
    );
    nudge();
    return { refs, hosts: await fleet.hostsOf(refs), changed: changed.size + again.length };
  }

  return {
    estate,
    fleet,
    nudge,
    isPresent,
    async plan({ statements, prune, pages, gone }, actor) {
      if (statements.length === 0 && prune.length === 0)
        return Promise.all((await fleet.hosts()).map(({ name }) => asking.plan(name, undefined)));
      const { outcomes } = await stating(estate, statements, prune, gone);
      const signature = { at: now(), actor: actor.name, cause: actor.command };
      const sequence = Number.MAX_SAFE_INTEGER;
      const deliveries = await fleet.preview(
        outcomes.map(({ ref, resource, revision }) => ({ ref, resource, revision, sequence, signature })),
        pages,
      );
      const byHost = Map.groupBy(deliveries, ({ host }) => host);
      return Promise.all(
        [...byHost]
          .sort()
          .map(([host, all]) =>
            Promise.all(all.map(({ entry }) => letters.seal(host, entry))).then((entries) =>
              asking.plan(host, entries),
            ),
          ),
      );
    },
    async apply({ statements, prune, pages, gone }, actor) {
      await fleet.built.keep(pages);
      for (let attempt = 1; ; attempt++) {
        const { writes } = await stating(estate, statements, prune, gone);
        try {
          return await write(writes, actor);
        } catch (error) {
          // Who states a resource as a whole, and has looked at none, has the last word.
          const isStated = statements.every(({ seen }) => seen === undefined);
          if (!(error instanceof Overtaken && isStated && attempt < 10)) throw error;
        }
      }
    },
    remove: (refs, actor) =>
      write(
        refs.map((ref) => ({ ref, resource: undefined, source: "", claims: [] })),
        actor,
      ),
    write,
    planOf: (host) => asking.plan(host, undefined),
    restoreOf: asking.restore,
    describe: asking.describe,
    since: asking.since,
    restore: async () => asking.restoreAll(await fleet.hosts()),
    guard: async (asks, host) => asking.guardAll(host === undefined ? await fleet.hosts() : [{ name: host }], asks),
    link: async (asks) => linkOnAll(asking, await fleet.hostsOf([`Maintenance/${asks.maintenance}`]), asks),
    follow(hear, until) {
      hearers.add(hear);
      until.addEventListener("abort", () => hearers.delete(hear));
    },
    async removeHost(name, signature) {
      await fleet.remove(name, signature);
      heard.delete(name);
      unwritten.delete(name);
      hostsChanged = true;
      nudge();
      await bus.forget(name);
    },
    async token(host) {
      const secret = randomBytes(16).toString("hex");
      await fleet.addToken(hash("sha256", secret), host, now() + tokenLife);
      return secret;
    },
    async hosts() {
      return (await fleet.hosts()).map((host) => {
        const latest = heard.get(host.name);
        return latest ? { ...host, state: latest.state, seenAt: latest.at } : host;
      });
    },
    async close() {
      stopped = true;
      nudge();
      // What waits for a bus that is not there is in the outbox still.
      const atMost = new Promise((resolve) => setTimeout(resolve, patience).unref());
      await Promise.race([Promise.all([working, comparing.stop(), reporting]), atMost]);
      await writeSeen().catch(() => {});
      await bus.close();
      await estate.close();
    },
  };
}
