import type { AgentBus } from "../bus/bus.ts";
import type { Outcome } from "../engine/transaction.ts";
import type { Condition } from "../model/condition.ts";
import type { Desired } from "../model/desired.ts";
import type { GenerationOutline } from "../model/generation.ts";
import type { HostEvent, Observation } from "../model/happening.ts";
import { conditionsWith, countStates, type RecordHealth } from "../model/health.ts";
import type { Plan } from "../model/plan.ts";
import { releaseName } from "../model/release.ts";
import type { HostCondition, HostState, MeasuredSize, Report, Settled } from "../model/report.ts";
import type { ResourceRef } from "../model/resource.ts";
import { version } from "../model/version.ts";
import { digestOf, watchedFile } from "../model/watched.ts";
import type { DesiredCopy } from "../store/desired-copy.ts";
import { openGuardLog } from "./guard-log.ts";
import { openSampler, type Sample } from "./sampling.ts";
import type { Upkeep } from "./upkeep.ts";

/** Where it is kept how far this host has told: written once a report, before it is sent. */
const toldSoFar = "told so far";

/** So many of a kind a person reads. */
const read = 100;

/** Conditions, events and observations in one report. */
const most = 500;

/** So many events are told again when everything is: the bus may have lost them. */
const again = 20;

/** Of what happened while nobody heard it, so many generations are told. */
const mostMissed = 1_000;

/** The numbers of the last report, and of the last events that have been told. */
type Told = Record<HostEvent["log"] | "report", number>;

/** What is said beside conditions. */
interface Happened {
  readonly events: readonly HostEvent[];
  readonly observations: readonly Observation[];
  /** Up to where that goes in what the guard has written down; not all of it is an event. */
  readonly last: number;
}

/** What an agent says of its host. */
export interface Teller {
  /** How everything stands. */
  all(): Promise<void>;
  /** What is not as it was told last. */
  news(): Promise<void>;
  /** Events and observations alone. */
  happened(): Promise<void>;
  /** How these entries came out. */
  outcome(entries: readonly Desired[], outcome: Pick<Outcome, "conditions" | "removed">): Promise<void>;
  /** Why what is due of these was given up halfway, or before it began; it is tried again. That is news. */
  trouble(refs: readonly ResourceRef[], reason: string): void;
  /** How much records hold here. */
  measured(sizes: readonly MeasuredSize[]): Promise<void>;
  /** That the host is there, and how it is. */
  alive(): void;
  /** Something may have changed: how the host is has to be worked out again. */
  changed(): void;
}

/** How that fares which is done all the time. */
export interface HealthLooks {
  /** As it was when it was looked at last. */
  readonly records: () => readonly RecordHealth[];
  /** As it is at this moment. */
  readonly look: () => Promise<readonly RecordHealth[]>;
}

export function openTeller(
  upkeep: Pick<Upkeep, "host" | "ledger" | "look"> & { readonly copy: DesiredCopy },
  bus: Pick<AgentBus, "report" | "event">,
  health: HealthLooks,
): Teller {
  const { copy, ledger, host } = upkeep;
  const { clock } = host;
  const guardLog = openGuardLog(host.files);
  const upTo: Told = JSON.parse(ledger.decision(toldSoFar) ?? '{"report":0,"generations":0,"guard":0}');
  const told = new Map<ResourceRef, string>();
  const troubles = new Map<ResourceRef, HostCondition>();
  let known: HostState | undefined;
  let sample: (() => Sample) | undefined;

  function nextNumber(): number {
    upTo.report = Math.max(upTo.report + 1, clock.now());
    ledger.decide(toldSoFar, JSON.stringify(upTo));
    return upTo.report;
  }

  /** Durable: kept by the bus until a control plane has written it down. */
  async function tell(conditions: readonly HostCondition[], { events, observations, last }: Happened, anew?: true) {
    const longest = Math.max(conditions.length, events.length, observations.length, anew ? 1 : 0);
    let first: number | undefined;
    for (let start = 0; start < longest; start += most) {
      const part = <T>(all: readonly T[]) => all.slice(start, start + most);
      const number = nextNumber();
      first ??= number;
      const report: Report = {
        number,
        conditions: part(conditions),
        ...(events.length > start && { events: part(events) }),
        ...(observations.length > start && { observations: part(observations) }),
        ...(anew && { anew: first }),
      };
      await bus.report(report);
      for (const each of report.conditions) told.set(each.ref, JSON.stringify(each));
      for (const { log, number } of report.events ?? []) upTo[log] = Math.max(upTo[log], number);
    }
    upTo.guard = Math.max(upTo.guard, last);
  }

  /** What has happened since it was told last, and a little before that. */
  function happened(before = 0): Happened {
    const from = { generations: upTo.generations - before, guard: upTo.guard - before };
    const { last, events, observations } = guardLog.after(from.guard);
    const generations = ledger.generationsAfter(from.generations, mostMissed).map(generationEventOf);
    return { events: [...generations, ...events], observations, last };
  }

  /** What does not work of what is live. What was seen of another text says nothing: what is live may be the cure. */
  function failing(): readonly RecordHealth[] {
    const isLive = ({ ref, digest }: RecordHealth) => {
      const file = digest === undefined ? undefined : watchedFile(ref);
      return file === undefined || digest === digestOf(host.files.read(file) ?? "");
    };
    return health.records().filter((each) => each.health.is === "failed" && isLive(each));
  }

  /** The last look may be older than what has just been carried out: it is looked whether that has cured anything. */
  async function conditionsNow(settled: readonly Condition[]): Promise<readonly Condition[]> {
    const refs = new Set(settled.map(({ ref }) => ref));
    const before = failing().filter(({ ref }) => refs.has(ref));
    if (before.length === 0) return settled;
    const now = await health.look().catch(() => before);
    const failed = new Set(now.flatMap((each) => (each.health.is === "failed" ? [each.ref] : [])));
    return conditionsWith(
      settled,
      before.filter(({ ref }) => failed.has(ref)),
    );
  }

  const conditions = () => conditionsWith(ledger.conditions(), failing());

  function everything(): HostCondition[] {
    const said = new Map(conditions().map((condition) => [condition.ref, condition]));
    const due = troubles.size > 0 ? new Set(copy.due()) : undefined;
    for (const ref of troubles.keys()) if (!due?.has(ref)) troubles.delete(ref);
    const done = copy.progress().flatMap(({ ref, sequence, revision, gone }): HostCondition[] => {
      const condition = said.get(ref) ?? (gone ? nothing(ref) : undefined);
      return condition && !troubles.has(ref) ? [{ ...condition, sequence, revision }] : [];
    });
    return [...done, ...troubles.values()];
  }

  function workOutState(): HostState {
    const { os } = upkeep.look();
    return {
      version,
      os: releaseName(os),
      generation: ledger.generations(1)[0]?.number ?? 0,
      sequence: copy.highest(),
      conditions: failing().length > 0 ? countStates(conditions()) : ledger.conditionCounts(),
      clock: clock.now(),
    };
  }

  return {
    all: () => tell(everything(), { ...happened(again), observations: guardLog.everything(clock.now()) }, true),
    news: () =>
      tell(
        everything().filter((each) => told.get(each.ref) !== JSON.stringify(each)),
        happened(),
      ),
    happened: () => tell([], happened()),
    async outcome(entries, { conditions: settled, removed }) {
      const said = new Map((await conditionsNow(settled)).map((condition) => [condition.ref, condition]));
      const gone = new Set(removed);
      await tell(
        entries.flatMap(({ ref, sequence, revision }): HostCondition[] => {
          const condition = said.get(ref) ?? (gone.has(ref) ? nothing(ref) : undefined);
          return condition ? [{ ...condition, sequence, revision }] : [];
        }),
        happened(),
      );
    },
    trouble(refs, reason) {
      const failed = new Map(ledger.conditions("Failed").map((condition) => [condition.ref, condition]));
      const tried = new Set(refs);
      for (const ref of copy.due()) {
        const entry = tried.has(ref) ? copy.entry(ref) : undefined;
        if (!entry) continue;
        const { sequence, revision } = entry;
        const known = troubles.get(ref);
        if (known?.sequence === sequence && known.message === reason) continue;
        // What is to go, and cannot, has no condition here.
        const condition = failed.get(ref) ?? { ref, state: "Failed" as const, message: reason, at: clock.now() };
        troubles.set(ref, { ...condition, sequence, revision });
      }
    },
    async measured(sizes) {
      for (let start = 0; start < sizes.length; start += most)
        await bus.report({ number: nextNumber(), conditions: [], sizes: sizes.slice(start, start + most) });
    },
    alive() {
      known ??= workOutState();
      sample ??= openSampler(upkeep);
      bus.event({ is: "alive", state: { ...known, ...sample(), clock: clock.now() } });
    },
    changed() {
      known = undefined;
    },
  };
}

const nothing = (ref: ResourceRef) => ({ ref, state: "Applied", message: "gone", at: 0, gone: true }) as const;

export const generationEventOf = ({ number, at, state, cause, summary }: GenerationOutline): HostEvent => ({
  is: state === "live" ? "live" : "undone",
  says: `generation ${number}: ${cause}: ${summary}`.slice(0, 1_000),
  log: "generations",
  number,
  at,
});

/** `alice: apply shop.yaml`, or who and how many. */
export function causeOf(entries: readonly Desired[]): string {
  const causes = [...new Set(entries.map(({ cause }) => cause))];
  if (causes.length === 0) return "agent: put right what was missing";
  return causes.length === 1 ? causes[0]! : `${causes[0]} and ${causes.length - 1} more`;
}

export const settledOf = (outcome: Outcome, { refused }: Plan, took: Settled["took"]): Settled => ({
  took,
  ...(outcome.generation !== undefined && { generation: outcome.generation }),
  ...(outcome.takenBack !== undefined && { takenBack: outcome.takenBack }),
  conditions: outcome.conditions.filter(({ state }) => state !== "Applied").slice(0, read),
  quarantined: [...outcome.quarantined].slice(0, read).map(([ref, message]) => ({ ref, message })),
  refused: refused.slice(0, read),
  kept: outcome.kept.slice(0, read),
  addresses: outcome.addresses.slice(0, read),
});

/** What leaves the host says that a secret file changes, not what is in it. */
export const withoutSecrets = (whole: Plan): Plan => ({
  ...whole,
  changes: whole.changes.map(({ before, drift, ...change }) =>
    change.item.type === "file" && change.item.secret
      ? { ...change, item: { ...change.item, content: "" } }
      : { ...change, ...(before && { before }), ...(drift && { drift }) },
  ),
});
