import type { AgentBus } from "../bus/bus.ts";
import type { Outcome } from "../engine/transaction.ts";
import type { Desired } from "../model/desired.ts";
import type { Plan } from "../model/plan.ts";
import type { HostCondition, HostState, Settled } from "../model/report.ts";
import type { ResourceRef } from "../model/resource.ts";
import { version } from "../model/version.ts";
import type { DesiredCopy } from "../store/desired-copy.ts";
import type { Upkeep } from "./upkeep.ts";

/** Where the number of the last report is kept. */
const reportNumber = "report number";

/** So many of a kind a person reads. */
const read = 100;

/** Conditions in one report. */
const most = 500;

/** What an agent says of its host. */
export interface Teller {
  /** How everything stands. */
  all(): Promise<void>;
  /** What is not as it was told last. */
  news(): Promise<void>;
  /** How these entries came out. */
  outcome(entries: readonly Desired[], outcome: Outcome): Promise<void>;
  /** Why what is due of these was given up halfway, or before it began; it is tried again. That is news. */
  trouble(refs: readonly ResourceRef[], reason: string): void;
  /** That the host is there, and how it is. */
  alive(): void;
  /** Something may have changed: how the host is has to be worked out again. */
  changed(): void;
}

export function openTeller(upkeep: Upkeep & { readonly copy: DesiredCopy }, bus: AgentBus): Teller {
  const { copy, ledger, host } = upkeep;
  const { clock } = host;
  const told = new Map<ResourceRef, string>();
  const troubles = new Map<ResourceRef, HostCondition>();
  let known: HostState | undefined;

  /** Durable: kept by the bus until a control plane has written it down. */
  async function tell(conditions: readonly HostCondition[]) {
    for (let start = 0; start < conditions.length; start += most) {
      const part = conditions.slice(start, start + most);
      const number = Number(ledger.decision(reportNumber) ?? 0) + 1;
      ledger.decide(reportNumber, String(number));
      await bus.report({ is: "conditions", number, conditions: part });
      for (const each of part) told.set(each.ref, JSON.stringify(each));
    }
  }

  function everything(): HostCondition[] {
    const said = new Map(ledger.conditions().map((condition) => [condition.ref, condition]));
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
      os: `${os.id} ${os.version}`,
      generation: ledger.generations(1)[0]?.number ?? 0,
      sequence: copy.highest(),
      conditions: ledger.conditionCounts(),
      clock: clock.now(),
    };
  }

  return {
    all: () => tell(everything()),
    news: () => tell(everything().filter((each) => told.get(each.ref) !== JSON.stringify(each))),
    async outcome(entries, { conditions, removed }) {
      const said = new Map(conditions.map((condition) => [condition.ref, condition]));
      const gone = new Set(removed);
      await tell(
        entries.flatMap(({ ref, sequence, revision }): HostCondition[] => {
          const condition = said.get(ref) ?? (gone.has(ref) ? nothing(ref) : undefined);
          return condition ? [{ ...condition, sequence, revision }] : [];
        }),
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
    alive() {
      known ??= workOutState();
      bus.event({ is: "alive", state: { ...known, clock: clock.now() } });
    },
    changed() {
      known = undefined;
    },
  };
}

const nothing = (ref: ResourceRef) => ({ ref, state: "Applied", message: "gone", at: 0, gone: true }) as const;

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
