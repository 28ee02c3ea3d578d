import { type ControlBus, NoAnswer } from "../bus/bus.ts";
import type { MaintenanceLink } from "../model/facts.ts";
import { type Machine, machineSchema } from "../model/machine.ts";
import type { Plan } from "../model/plan.ts";
import { type ChangedSince, changedSinceSchema, type GuardAsks, type LinkAsks, linksSchema } from "../model/report.ts";
import type { HostOutcome } from "./following.ts";

/** What a host would do. */
export interface HostPlan {
  readonly host: string;
  /** A host that does not answer has no plan; what it is to have waits for it. */
  readonly plan?: Plan;
  readonly problem?: string;
}

/** What a host's guard has made of a request. */
export interface GuardAnswer {
  readonly host: string;
  /** Whether it was banned, or revoked, before. */
  readonly wasSo?: boolean;
  readonly problem?: string;
}

/** Milliseconds: a plan of ten thousand sites takes some seconds, what changes something may take minutes. */
const [planPatience, restorePatience] = [20_000, 600_000];

export type HostQuestions = ReturnType<typeof hostQuestions>;

/** What hosts are asked, and what counts as an answer. Who is away is not asked. */
export function hostQuestions(bus: ControlBus, isPresent: (host: string) => boolean) {
  async function guard(host: string, asks: GuardAsks): Promise<GuardAnswer> {
    if (!isPresent(host)) return { host, problem: "it is not connected" };
    try {
      return { host, wasSo: (await bus.ask(host, "guard", asks, planPatience)).wasSo };
    } catch (error) {
      if (error instanceof NoAnswer) return { host, problem: error.message };
      throw error;
    }
  }

  async function restore(host: string): Promise<HostOutcome> {
    if (!isPresent(host)) return { host, state: "away", detail: "not connected", troubles: [] };
    try {
      const settled = await bus.ask(host, "restore", {}, restorePatience);
      const troubles = settled.conditions.filter(({ state }) => state !== "Applied");
      return { host, state: troubles.length > 0 ? "failed" : "done", detail: "", troubles, settled };
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      return { host, state: "away", detail: error.message, troubles: [] };
    }
  }

  return {
    /** Has them say how everything stands; nobody waits for it. Who cannot does when it connects again. */
    tell(hosts: readonly { readonly name: string }[]): void {
      for (const { name } of hosts) bus.ask(name, "tell", {}, planPatience).catch(() => {});
    },
    async plan(host: string, entries: readonly unknown[] | undefined): Promise<HostPlan> {
      if (!isPresent(host)) return { host, problem: "it is not connected" };
      try {
        return { host, plan: await bus.ask(host, "plan", entries ? { entries } : {}, planPatience) };
      } catch (error) {
        if (error instanceof NoAnswer) return { host, problem: error.message };
        throw error;
      }
    },
    /** What kind of a machine it is. Rejects with {@link NoAnswer} where the host is away, or is too old to know. */
    async describe(host: string): Promise<Machine> {
      if (!isPresent(host)) throw new NoAnswer(`${host} is not connected`);
      return machineSchema.parse(await bus.ask(host, "describe", {}, planPatience));
    },
    /** What has changed it since one of its generations. Rejects with {@link NoAnswer} where it does not say. */
    async since(host: string, generation: number): Promise<ChangedSince["changed"]> {
      if (!isPresent(host)) throw new NoAnswer(`${host} is not connected`);
      return changedSinceSchema.parse(await bus.ask(host, "since", { generation }, planPatience)).changed;
    },
    /** Rejects with {@link NoAnswer} where the host is away, or cannot. */
    async link(host: string, asks: LinkAsks): Promise<readonly MaintenanceLink[]> {
      if (!isPresent(host)) throw new NoAnswer(`${host} is not connected`);
      return linksSchema.parse(await bus.ask(host, "link", asks, restorePatience)).links;
    },
    guardAll: (hosts: readonly { readonly name: string }[], asks: GuardAsks): Promise<GuardAnswer[]> =>
      Promise.all(hosts.map(({ name }) => guard(name, asks))),
    restore,
    /** One after the other: hosts that serve the same must not be busy at the same moment. */
    async restoreAll(hosts: readonly { readonly name: string }[]): Promise<HostOutcome[]> {
      const outcomes: HostOutcome[] = [];
      for (const { name } of hosts) outcomes.push(await restore(name));
      return outcomes;
    },
  };
}
