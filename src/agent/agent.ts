import { hash } from "node:crypto";
import type { AgentBus, Answerer } from "../bus/bus.ts";
import { heartbeat } from "../bus/heartbeat.ts";
import { isBase, type Target } from "../engine/render.ts";
import { rhythm } from "../host/pace.ts";
import type { Desired } from "../model/desired.ts";
import type { Plan } from "../model/plan.ts";
import {
  type GuardAsks,
  guardAsksSchema,
  type LinkAsks,
  linkAsksSchema,
  type Questions,
  type Settled,
} from "../model/report.ts";
import type { ResourceRef } from "../model/resource.ts";
import { openStopwatch } from "../model/stopwatch.ts";
import { version } from "../model/version.ts";
import type { DesiredCopy } from "../store/desired-copy.ts";
import { apply, plan, type Watcher } from "./apply.ts";
import { watchCertificates } from "./certificates.ts";
import { concerned, targetOf } from "./changes.ts";
import { openDoors } from "./doors.ts";
import { lookAround } from "./drift.ts";
import { lookAtRecords } from "./health.ts";
import { watchHealth } from "./health-watch.ts";
import { intendAll, makeLinks } from "./maintenance.ts";
import { revokeLinks } from "./maintenance-links.ts";
import { measureSites } from "./measuring.ts";
import { keepPages } from "./pages.ts";
import { openSayer } from "./saying.ts";
import { causeOf, openTeller, settledOf, withoutSecrets } from "./telling.ts";
import type { Upkeep } from "./upkeep.ts";
import { shareUsedLinks } from "./used-links.ts";

/** The root process of a host that belongs to an estate. */
export interface Agent {
  /** Something has happened here that the agent has not done. */
  happened(): void;
  /** Lets what is under way come to its end. */
  stop(): Promise<void>;
}

/** Looking around takes no more than one part in so many of the time. */
const shareOfTime = 25;

/** Milliseconds without work after which an agent rests. */
const quiet = 10_000;

/** Milliseconds after trouble with the host itself (a full disk, a lock) until the next attempt, doubled up to the last. */
const [firstRetry, lastRetry] = [rhythm(1_000), rhythm(60_000)];

/**
 * Keeps a host true to its copy of what it should be: takes what the bus brings, carries out what is due, looks around
 * from time to time, and tells what came of it. With the control plane gone it goes on from the copy.
 */
export function runAgent(
  upkeep: Upkeep & { readonly copy: DesiredCopy },
  bus: AgentBus,
  log: (text: string) => void,
  {
    isBooting = false,
    rest,
  }: {
    /** No daemon runs: nothing is reloaded or asked. */
    readonly isBooting?: boolean;
    /** Called once some time after the last work. */
    readonly rest?: () => void;
  } = {},
): Agent {
  const { copy, ledger, host } = upkeep;
  const { clock } = host;
  let stopped = false;
  let wake = () => {};
  let looksAt = 0;
  let retry = 0;
  let resting: NodeJS.Timeout | undefined;
  /** What is being carried out at this moment. */
  let trying: readonly ResourceRef[] = [];
  const health = watchHealth(upkeep, log, {
    changed() {
      teller.changed();
      sayer.say(teller.news);
    },
    happened: () => sayer.say(teller.happened),
  });
  const lookNow = async () => (await lookAtRecords(host, ledger)).records;
  const teller = openTeller(upkeep, bus, { records: health.records, look: lookNow });
  const sayer = openSayer(() => {
    teller.alive();
    return teller.all();
  }, log);
  /** What someone has asked for, done between changes. */
  const errands: (() => Promise<void>)[] = [];

  const usedLinks = shareUsedLinks(upkeep, bus, log);
  const certificates = watchCertificates(upkeep, log, () => sayer.say(teller.happened));
  const measuring = measureSites(upkeep, (sizes) => sayer.say(() => teller.measured(sizes)), log);

  const nudge = () => wake();
  const sleep = (milliseconds: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  bus.onConnection((now) => {
    log(now ? "connected" : "not connected: going on with what is here");
    sayer.heard(now);
  });
  const errand = <T>(work: () => Promise<T>) =>
    new Promise<T>((resolve, reject) => {
      errands.push(() =>
        work().then(resolve, (error: Error) => {
          reject(error);
          // Trouble with the host itself is everyone's.
          if (trying.length > 0) throw error;
        }),
      );
      nudge();
    });
  const answers: { readonly [Name in keyof Questions]: (asks: Questions[Name]["asks"]) => Promise<unknown> } = {
    plan: async ({ entries }) =>
      withoutSecrets(entries ? planOf(upkeep, entries as Desired[]) : (await lookAround(upkeep)).plan),
    since: async ({ generation }) => (await import("./describing.ts")).changedSince(upkeep, generation),
    describe: async () => (await import("./describing.ts")).describeMachine(upkeep),
    tell: async () => {
      sayer.say(teller.all);
      return {};
    },
    restore: () => errand(restore),
    guard: async (asks) => ({ wasSo: await askGuardOf(upkeep.host, guardAsksSchema.parse(asks)) }),
    link: (asks) => errand(() => link(linkAsksSchema.parse(asks))),
  };
  bus.onQuestion((async (question: keyof Questions, asks: never) => {
    if (!Object.hasOwn(answers, question))
      throw new Error(`this host runs Upkeep ${version}, which does not know "${question}"`);
    return answers[question](asks);
  }) as Answerer);
  bus.watch(async (entries) => {
    keepPages({ host, stateDirectory: upkeep.stateDirectory, pages: entries.flatMap(pagesOf) });
    const news = copy.take(entries);
    teller.changed();
    if (news.length > 0) nudge();
  });

  function restLater() {
    clearTimeout(resting);
    if (rest) resting = setTimeout(rest, quiet).unref();
  }

  async function work() {
    while (!stopped) {
      try {
        if (clock.now() >= looksAt) {
          const took = await look();
          looksAt = clock.now() + Math.max(upkeep.look().settings.agent.everySeconds * 1000, shareOfTime * took);
        }
        const due = copy.due();
        if (due.length > 0) await carryOut(due);
        for (let next = errands.shift(); next; next = errands.shift()) await next();
        retry = 0;
      } catch (error) {
        retry = Math.min(lastRetry, Math.max(firstRetry, 2 * retry));
        log(`${(error as Error).message}; next attempt in ${retry / 1000} s`);
        teller.trouble(trying, (error as Error).message);
        sayer.say(teller.news);
        trying = [];
      }
      const nothingDue = retry === 0 && copy.due().length === 0 && errands.length === 0;
      if (!stopped && (retry > 0 || nothingDue)) await sleep(retry || Math.max(0, looksAt - clock.now()));
    }
  }

  /** Everything as it should be, also what was edited by hand. */
  async function restore(): Promise<Settled> {
    const { targets } = await lookAround(upkeep);
    return carryOut(targets.map(({ ref }) => ref));
  }

  async function link({ maintenance, revoke, ...wanted }: LinkAsks): Promise<Questions["link"]["answers"]> {
    if (revoke) revokeLinks(ledger, maintenance);
    const links = revoke ? [] : await makeLinks(upkeep, maintenance, wanted);
    const { takenBack, conditions } = await carryOut((await intendAll(upkeep)).targets.map(({ ref }) => ref));
    const failed = conditions.find(({ ref, state }) => ref === `Maintenance/${maintenance}` && state !== "Drifted");
    if (takenBack ?? failed) throw new Error(takenBack ?? failed!.message);
    await openDoors(upkeep, links);
    usedLinks.look();
    return { links };
  }

  /**
   * Everything once: what an older Upkeep left, what is missing. What someone edited by hand is told, and left to them.
   * Returns how long looking took, in milliseconds.
   */
  async function look(): Promise<number> {
    const started = clock.now();
    const facts = upkeep.look();
    const stale = copy.due(upkeep.context(facts));
    const draft = await lookAround(upkeep);
    const took = clock.now() - started;
    teller.changed();
    const edited = new Set<ResourceRef>(
      draft.plan.changes.filter(({ drift }) => drift?.found !== undefined).flatMap(({ because }) => because),
    );
    const { restore } = facts.settings.agent;
    const changed = new Set(draft.plan.changes.flatMap(({ because }) => because));
    // What could not be carried out is not tried again before something about it changes.
    const isLive = (ref: ResourceRef) => isBase(ref) || ledger.applied(ref)?.revision === copy.entry(ref)?.revision;
    const missing =
      restore === "nothing"
        ? []
        : [...changed].filter((ref) => isLive(ref) && (restore === "everything" || !edited.has(ref)));
    const wanted = new Set([...stale, ...missing.filter((ref) => !isBase(ref))]);
    if (wanted.size > 0 || missing.some(isBase)) {
      log(`${wanted.size} resources are not as they should be`);
      await carryOut([...wanted]);
    }
    certificates.look();
    sayer.say(teller.news);
    return took;
  }

  /** One transaction; if it is taken back, its halves, so that one bad record does not hold up another. */
  async function carryOut(refs: readonly ResourceRef[]): Promise<Settled> {
    restLater();
    const entries = refs.flatMap((ref) => copy.entry(ref) ?? []);
    const targets = entries.map(targetFor);
    const refsHere = new Set(targets.map(({ ref }) => ref));
    const intend = async () => ({
      writes: [],
      targets: [...targets, ...(await concerned(upkeep, targets, refsHere))],
    });
    trying = refs;
    const stopwatch = openStopwatch();
    const watcher: Watcher = {
      report: ({ step, detail }) => {
        stopwatch.begin(step);
        bus.event({ is: "step", step, detail });
      },
      planned: () => {},
      waiting: (holder) => log(`waiting for ${holder}`),
      recovered: (all) => {
        for (const { generation, did } of all) log(`generation ${generation} had been interrupted and has been ${did}`);
      },
    };
    const sequences = new Map(entries.map(({ ref, sequence }) => [ref, sequence]));
    const { draft, outcome } = await apply(upkeep, "agent", intend, watcher, {
      cause: causeOf(entries),
      isBooting,
      sequenceOf: (ref) => sequences.get(ref),
    });
    trying = [];
    if (outcome.takenBack !== undefined && entries.length > 1) {
      const half = Math.ceil(refs.length / 2);
      await carryOut(refs.slice(0, half));
      return carryOut(refs.slice(half));
    }
    copy.done(entries, upkeep.context(draft.facts));
    if (outcome.generation !== undefined) log(`generation ${outcome.generation}: ${causeOf(entries)}`);
    certificates.changed(refs);
    teller.changed();
    const settled = settledOf(outcome, draft.plan, stopwatch.end());
    bus.event({ is: "settled", sequence: Math.max(0, ...entries.map(({ sequence }) => sequence)), settled });
    teller.alive();
    // What was seen to fail before may be well now.
    health.look();
    sayer.say(() => teller.outcome(entries, outcome));
    return settled;
  }

  restLater();
  const working = work();
  const beating = setInterval(teller.alive, heartbeat);
  return {
    happened() {
      sayer.say(teller.happened);
      health.look();
    },
    async stop() {
      stopped = true;
      usedLinks.stop();
      measuring.stop();
      health.stop();
      clearInterval(beating);
      clearTimeout(resting);
      nudge();
      await working;
      await sayer.stop();
      await bus.close();
    },
  };
}

const targetFor = ({ ref, revision, resource }: Desired): Target =>
  resource ? targetOf({ ...resource, ref, revision, source: "" }) : { ref, resource: undefined, revision: 0 };

function planOf(upkeep: Upkeep, entries: readonly Desired[]): Plan {
  for (const [digest, html] of entries.flatMap(pagesOf)) upkeep.pages.set(digest, html);
  try {
    return plan(upkeep, entries.map(targetFor)).plan;
  } finally {
    upkeep.pages.clear();
  }
}

/** Most hosts have no guard, and load nothing for it. */
const askGuardOf = async (host: Upkeep["host"], asks: GuardAsks): Promise<boolean> =>
  (await import("./guard-door.ts")).askGuard<boolean>(host, asks);

/** Built pages, if they are what they are called. */
const pagesOf = ({ pages = {} }: Desired): [string, string][] =>
  Object.entries(pages).filter(([digest, html]) => hash("sha256", html) === digest);
