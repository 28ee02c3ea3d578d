import { rhythm } from "../host/pace.ts";
import type { Condition } from "../model/condition.ts";
import type { Settled } from "../model/report.ts";
import type { ResourceRef } from "../model/resource.ts";
import type { Accepted, Control } from "./control.ts";

/** How far one host is with what has been accepted. */
export interface HostProgress {
  readonly host: string;
  readonly state: "waiting" | "working" | "done" | "failed" | "held" | "away";
  /** What it does at this moment, or why it does not. */
  readonly detail: string;
}

/** How it ended on one host. */
export interface HostOutcome extends HostProgress {
  /** Resources that are not as they should be. */
  readonly troubles: readonly Pick<Condition, "ref" | "state" | "message">[];
  /** What the host said last, if someone was listening. */
  readonly settled?: Settled;
}

/** How often to look without any news. Milliseconds. */
const lookEvery = rhythm(1_000);

/**
 * Follows what has been accepted until every host is done with it, has failed, is held back by another's failure, or is
 * away. Tells each host's progress when that changes.
 */
export async function followToEnd(
  control: Control,
  { refs, hosts }: Accepted,
  hear: (progress: HostProgress) => void,
  signal: AbortSignal,
): Promise<HostOutcome[]> {
  const told = new Map<string, string>();
  const settled = new Map<string, Settled>();
  const steps = new Map<string, string>();
  let wake = () => {};
  let isNews = true;
  const ended = new AbortController();
  control.follow((news) => {
    if (news.is === "event" && hosts.includes(news.host)) {
      if (news.event.is === "settled") settled.set(news.host, news.event.settled);
      if (news.event.is === "step") {
        const { step, detail } = news.event;
        steps.set(news.host, `${step}: ${detail}`);
        if (told.get(news.host)?.startsWith("working"))
          hear({ host: news.host, state: "working", detail: `${step}: ${detail}` });
        return;
      }
    }
    isNews = true;
    wake();
  }, ended.signal);
  try {
    for (;;) {
      isNews = false;
      const outcomes = await progressOf(control, refs, hosts, steps, settled);
      for (const { host, state, detail } of outcomes) {
        const text = `${state} ${state === "working" ? "" : detail}`;
        if (told.get(host) !== text) hear({ host, state, detail });
        told.set(host, text);
      }
      if (signal.aborted || outcomes.every(({ state }) => state !== "waiting" && state !== "working")) return outcomes;
      if (isNews) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, lookEvery);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
        signal.addEventListener("abort", wake, { once: true });
      });
    }
  } finally {
    ended.abort();
  }
}

/** How far hosts are with these. `steps`: what each does at this moment; `settled`: what each has said last. */
export async function progressOf(
  { fleet, isPresent }: Control,
  refs: readonly ResourceRef[],
  hosts: readonly string[],
  steps: ReadonlyMap<string, string> = new Map(),
  settled: ReadonlyMap<string, Settled> = new Map(),
): Promise<HostOutcome[]> {
  // In this order: what stops waiting in between is seen where it goes.
  const waiting = Map.groupBy(await fleet.waiting(refs), ({ host }) => host);
  const standings = Map.groupBy(await fleet.standings(refs), ({ host }) => host);
  return hosts.map((host): HostOutcome => {
    const placed = standings.get(host) ?? [];
    const later = waiting.get(host) ?? [];
    const open = placed.filter(({ sequence, condition }) => (condition?.sequence ?? 0) < sequence);
    const troubles = placed.flatMap(({ ref, condition }) =>
      condition && condition.state !== "Applied" ? [{ ref, state: condition.state, message: condition.message }] : [],
    );
    const said = settled.get(host);
    const outcome = (state: HostProgress["state"], detail: string): HostOutcome => ({
      host,
      state,
      detail,
      troubles: state === "done" || state === "failed" ? troubles : [],
      ...(said && { settled: said }),
    });
    const held = later.find((each) => each.held !== undefined)?.held;
    if (held !== undefined) return outcome("held", held);
    if (open.length > 0 || later.length > 0) {
      if (!isPresent(host)) return outcome("away", "not connected: it takes this when it comes back");
      return open.length > 0 ? outcome("working", steps.get(host) ?? "") : outcome("waiting", "waits for its turn");
    }
    const [first] = troubles;
    return first ? outcome("failed", `${first.ref}: ${first.message.split("\n")[0]}`) : outcome("done", "");
  });
}
