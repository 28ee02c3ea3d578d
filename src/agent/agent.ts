import { hash } from "node:crypto";
import type { AgentBus, Answerer } from "../bus/bus.ts";
import { isBase, type Target } from "../engine/render.ts";
import type { Outcome } from "../engine/transaction.ts";
import type { Desired } from "../model/desired.ts";
import type { Plan } from "../model/plan.ts";
import type { HostCondition, HostState, Questions, Settled } from "../model/report.ts";
import type { ResourceRef } from "../model/resource.ts";
import { version } from "../model/version.ts";
import type { DesiredCopy } from "../store/desired-copy.ts";
import { apply, plan, type Watcher } from "./apply.ts";
import { concerned, targetOf } from "./changes.ts";
import { lookAround } from "./drift.ts";
import { keepPages } from "./pages.ts";
import type { Upkeep } from "./upkeep.ts";

/** The root process of a host that belongs to an estate. */
export interface Agent {
  /** Lets what is under way come to its end. */
  stop(): Promise<void>;
}

/** Milliseconds between two words of being alive. */
const heartbeat = 5_000;

/** Where the number of the last report is kept. */
const reportNumber = "report number";

/** Looking around takes no more than one part in so many of the time. */
const shareOfTime = 25;

/** After trouble with the host itself (a full disk, a lock), this long until the next attempt, doubled up to a minute. */
const firstRetry = 1_000;

/**
 * Keeps a host true to its copy of what it should be: takes what the bus brings, carries out what is due, looks around
 * from time to time, and tells what came of it. With the control plane gone it goes on from the copy.
 */
export function runAgent(
  upkeep: Upkeep & { readonly copy: DesiredCopy },
  bus: AgentBus,
  log: (text: string) => void,
): Agent {
  const { copy, ledger, host } = upkeep;
  const { clock } = host;
  let stopped = false;
  let wake = () => {};
  let looksAt = 0;
  let retry = 0;
  let isConnected = false;
  /** What the control plane may not have heard. */
  let untold = true;
  const restoring: { readonly resolve: (settled: Settled) => void; readonly reject: (error: Error) => void }[] = [];

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
    isConnected = now;
    log(now ? "connected" : "not connected: going on with what is here");
    untold = true;
    nudge();
  });
  const answer = async (question: keyof Questions, { entries }: Questions["plan"]["asks"]) => {
    if (question === "restore")
      return new Promise<Settled>((resolve, reject) => {
        restoring.push({ resolve, reject });
        nudge();
      });
    return withoutSecrets(entries ? planOf(upkeep, entries as Desired[]) : (await lookAround(upkeep)).plan);
  };
  bus.onQuestion(answer as Answerer);
  bus.watch(async (entries) => {
    keepPages({ host, stateDirectory: upkeep.stateDirectory, pages: entries.flatMap(pagesOf) });
    const news = copy.take(entries);
    if (news.length > 0) nudge();
  });

  async function work() {
    while (!stopped) {
      try {
        if (clock.now() >= looksAt) {
          const started = clock.now();
          await look();
          const took = clock.now() - started;
          looksAt = clock.now() + Math.max(upkeep.look().settings.agent.everySeconds * 1000, shareOfTime * took);
        }
        const due = copy.due();
        if (due.length > 0) await carryOut(due);
        await restore();
        retry = 0;
        if (untold && isConnected) {
          untold = false;
          bus.event({ is: "alive", state: state() });
          await tell(everything());
        }
      } catch (error) {
        retry = Math.min(60_000, Math.max(firstRetry, 2 * retry));
        log(`${(error as Error).message}; next attempt in ${retry / 1000} s`);
        await tellTrouble().catch(() => {});
      }
      const nothingDue = retry === 0 && copy.due().length === 0 && restoring.length === 0 && !(untold && isConnected);
      if (!stopped && (retry > 0 || nothingDue)) await sleep(retry || Math.max(0, looksAt - clock.now()));
    }
  }

  /** What is due could not even be tried, or was given up halfway: said now, and tried again. */
  async function tellTrouble() {
    const failed = new Map(ledger.conditions("Failed").map((condition) => [condition.ref, condition]));
    const due = copy.due().flatMap((ref) => copy.entry(ref) ?? []);
    const conditions = due.flatMap(({ ref, sequence, revision }): HostCondition[] => {
      const condition = failed.get(ref);
      return condition ? [{ ...condition, sequence, revision }] : [];
    });
    if (conditions.length > 0) await tell(conditions);
  }

  /** Everything as it should be, because someone has asked for it. */
  async function restore() {
    const asked = restoring.splice(0);
    if (asked.length === 0) return;
    try {
      const { targets } = await lookAround(upkeep);
      const settled = await carryOut(targets.map(({ ref }) => ref));
      for (const { resolve } of asked) resolve(settled);
    } catch (error) {
      for (const { reject } of asked) reject(error as Error);
      throw error;
    }
  }

  /** Everything once: what an older Upkeep left, what is missing. What someone edited by hand is told, and left to them. */
  async function look() {
    const facts = upkeep.look();
    const stale = copy.due(upkeep.context(facts));
    const draft = await lookAround(upkeep);
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
    untold = true;
  }

  /** One transaction; if it is taken back, its halves, so that one bad record does not hold up another. */
  async function carryOut(refs: readonly ResourceRef[]): Promise<Settled> {
    const entries = refs.flatMap((ref) => copy.entry(ref) ?? []);
    const targets = entries.map(targetFor);
    const known = new Set(targets.map(({ ref }) => ref));
    const intend = async () => ({
      writes: [],
      targets: [...targets, ...(await concerned(upkeep, targets, known))],
    });
    const watcher: Watcher = {
      report: ({ step, detail }) => bus.event({ is: "step", step, detail }),
      planned: () => {},
      waiting: (holder) => log(`waiting for ${holder}`),
      recovered: (all) => {
        for (const { generation, did } of all) log(`generation ${generation} had been interrupted and has been ${did}`);
      },
    };
    const { draft, outcome } = await apply(upkeep, "agent", intend, watcher, { cause: causeOf(entries) });
    if (outcome.takenBack !== undefined && entries.length > 1) {
      const half = Math.ceil(refs.length / 2);
      await carryOut(refs.slice(0, half));
      return carryOut(refs.slice(half));
    }
    copy.done(entries, upkeep.context(draft.facts));
    if (outcome.generation !== undefined) log(`generation ${outcome.generation}: ${causeOf(entries)}`);
    const conditions = conditionsAfter(entries, outcome);
    const settled = settledOf(outcome, draft.plan);
    bus.event({ is: "settled", sequence: Math.max(0, ...entries.map(({ sequence }) => sequence)), settled });
    bus.event({ is: "alive", state: state() });
    await tell(conditions).catch(() => {
      untold = true;
    });
    return settled;
  }

  /** Durable: kept by the bus until a control plane has written it down. */
  async function tell(conditions: readonly HostCondition[]) {
    for (let start = 0; start === 0 || start < conditions.length; start += 500) {
      const number = Number(ledger.decision(reportNumber) ?? 0) + 1;
      ledger.decide(reportNumber, String(number));
      await bus.report({ is: "conditions", number, conditions: conditions.slice(start, start + 500) });
    }
  }

  function everything(): HostCondition[] {
    const known = new Map(ledger.conditions().map((condition) => [condition.ref, condition]));
    return copy.progress().flatMap(({ ref, sequence, revision, gone }): HostCondition[] => {
      const condition = known.get(ref);
      if (gone && !condition) return [{ ...nothing(ref), sequence, revision }];
      return condition ? [{ ...condition, sequence, revision }] : [];
    });
  }

  const nothing = (ref: ResourceRef) =>
    ({ ref, state: "Applied", message: "gone", at: clock.now(), gone: true }) as const;

  function conditionsAfter(entries: readonly Desired[], { conditions, removed }: Outcome): HostCondition[] {
    const said = new Map(conditions.map((condition) => [condition.ref, condition]));
    const gone = new Set(removed);
    return entries.flatMap(({ ref, sequence, revision }): HostCondition[] => {
      const condition = said.get(ref) ?? (gone.has(ref) ? nothing(ref) : undefined);
      return condition ? [{ ...condition, sequence, revision }] : [];
    });
  }

  function state(): HostState {
    const counts: Record<string, number> = {};
    for (const condition of ledger.conditions()) counts[condition.state] = (counts[condition.state] ?? 0) + 1;
    const { os } = upkeep.look();
    return {
      version,
      os: `${os.id} ${os.version}`,
      generation: ledger.generations(1)[0]?.number ?? 0,
      sequence: copy.highest(),
      conditions: counts,
      clock: clock.now(),
    };
  }

  const working = work();
  const beating = setInterval(() => bus.event({ is: "alive", state: state() }), heartbeat);
  return {
    async stop() {
      stopped = true;
      clearInterval(beating);
      nudge();
      await working;
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

/** Built pages, if they are what they are called. */
const pagesOf = ({ pages = {} }: Desired): [string, string][] =>
  Object.entries(pages).filter(([digest, html]) => hash("sha256", html) === digest);

/** `alice: apply shop.yaml`, or who and how many. */
function causeOf(entries: readonly Desired[]): string {
  const causes = [...new Set(entries.map(({ cause }) => cause))];
  if (causes.length === 0) return "agent: put right what was missing";
  return causes.length === 1 ? causes[0]! : `${causes[0]} and ${causes.length - 1} more`;
}

const settledOf = (outcome: Outcome, { refused }: Plan): Settled => ({
  ...(outcome.generation !== undefined && { generation: outcome.generation }),
  ...(outcome.takenBack !== undefined && { takenBack: outcome.takenBack }),
  conditions: outcome.conditions,
  quarantined: [...outcome.quarantined].map(([ref, message]) => ({ ref, message })),
  refused,
  kept: outcome.kept,
  addresses: outcome.addresses,
});

/** What leaves the host says that a secret file changes, not what is in it. */
const withoutSecrets = (whole: Plan): Plan => ({
  ...whole,
  changes: whole.changes.map(({ before, drift, ...change }) =>
    change.item.type === "file" && change.item.secret
      ? { ...change, item: { ...change.item, content: "" } }
      : { ...change, ...(before && { before }), ...(drift && { drift }) },
  ),
});
