import { daemonNamed } from "../daemons/index.ts";
import { masterOf } from "../host/services.ts";
import { type Answer, maintenanceField } from "../model/probe.ts";
import type { ResourceRef } from "../model/resource.ts";
import { looksUntouched } from "./drift.ts";
import type { Draft, World } from "./plan.ts";
import { askAll, defaultAnswer, type Question } from "./probes.ts";

/** What answers before anything is changed. */
export interface Baseline {
  /** Questions to sites that are not touched, which must be answered afterwards, since they are answered now. */
  readonly questions: readonly Question[];
  /** How the host's default site answers, if a server runs. */
  readonly fallback: Answer | undefined;
}

/** How many sites that are not touched are asked before and after; others each time. */
const baselineSize = 8;

export async function takeBaseline(
  { targets, facts }: Draft,
  touched: readonly string[],
  { host, ledger }: World,
): Promise<Baseline> {
  const running = touched.some((name) => !name.startsWith("php") && masterOf(host, daemonNamed(name)));
  if (!running) return { questions: [], fallback: undefined };
  const changing = new Set(targets.map(({ ref }) => ref));
  // What someone has changed by hand, and no server has read yet, is not for us to answer for.
  const isOurs = (ref: ResourceRef) => looksUntouched(ledger.applied(ref)?.known ?? [], host, facts);
  const others = ledger
    .someProbes(baselineSize, ledger.generations(1)[0]?.number ?? 0)
    .filter(({ ref }) => !changing.has(ref) && isOurs(ref));
  const failing = new Set((await askAll(host, others, 0)).map(({ ref }) => ref));
  return {
    questions: others.filter(({ ref }) => !failing.has(ref)),
    fallback: await defaultAnswer(host, facts.settings.sites.httpPort),
  };
}

/** The host's default site is nobody's resource, but it must not change by what we do to others. */
export function defaultChanged(before: Answer | undefined, after: Answer | undefined): string | undefined {
  if (before?.got !== "response" || after === undefined) return undefined;
  // It belongs to those that are in maintenance, or did until now: that is what was asked for.
  if ([before, after].some((answer) => answer.got === "response" && answer.headers[maintenanceField] !== undefined))
    return undefined;
  const now = after.got === "response" ? after.status : after.why;
  return now === before.status
    ? undefined
    : `the host's default site answered ${before.status} before, and now: ${now}`;
}
