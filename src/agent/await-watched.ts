import type { Unwatched, WatchedChange } from "../engine/watched.ts";
import type { Host } from "../host/host.ts";
import { hiccup } from "../model/failing.ts";
import { firstWordPatience, type Health, type RecordHealth } from "../model/health.ts";
import type { ResourceRef } from "../model/resource.ts";
import { digestOf } from "../model/watched.ts";
import { askHealth, askOnce, lookAtGuard } from "./asking-guard.ts";

/** Milliseconds between two looks. */
const pause = 50;

/** One that has not begun; why, if something is in its way at this moment. */
type Awaited = Pick<Unwatched, "ref"> & Partial<Unwatched>;

/**
 * Waits until the guard and its reader do what these say now. Returns those for which they say that they cannot, or do not
 * say anything.
 */
export async function awaitWatched(host: Host, changes: readonly WatchedChange[]): Promise<readonly Unwatched[]> {
  const wanted = new Map(changes.map(({ ref, content }) => [ref, digestOf(content)]));
  const deadline = host.clock.now() + firstWordPatience;
  let told = false;
  for (;;) {
    // It may not have seen the change yet.
    told ||= (await askOnce(host, { is: "look" })) === true;
    const asked = told ? await askHealth(host) : undefined;
    const { failed, awaited } = sortOut(wanted, asked ?? [], host.clock.now());
    if (failed.length > 0 || awaited.length === 0) return failed;
    const trouble = asked ? undefined : await lookAtGuard(host);
    const isOver = host.clock.now() >= deadline;
    if (trouble !== undefined || isOver) {
      const unknown =
        trouble ??
        (asked
          ? `nothing says for ${firstWordPatience / 1000} s that it is looked at`
          : "what watches this machine does not answer");
      return awaited.map(({ ref, why = unknown }) => ({ ref, why }));
    }
    await host.clock.pause(asked ? pause : 4 * pause);
  }
}

/** Those that have failed as they are now, and those that have not begun. */
export function sortOut(
  wanted: ReadonlyMap<ResourceRef, string>,
  records: readonly RecordHealth[],
  now: number,
): { readonly failed: readonly Unwatched[]; readonly awaited: readonly Awaited[] } {
  const found = new Map(records.map(({ ref, digest, health }) => [ref, { digest, health }]));
  const failed: Unwatched[] = [];
  const awaited: Awaited[] = [];
  for (const [ref, digest] of wanted) {
    const record = found.get(ref);
    const health = record?.digest === digest ? record.health : undefined;
    if (health === undefined || health.is === "awaited") awaited.push({ ref });
    // What others do not take at this moment, a mail server that is away, is no reason to take a change back.
    else if (health.is === "failed" && !health.isOutside)
      (isFinal(health, now) ? failed : awaited).push({ ref, why: health.why });
  }
  return { failed, awaited };
}

/** What is in its way for a moment, a database that is locked, is neither: that is seen when it lasts. */
const isFinal = ({ isOfText, mayBeOver, since }: Extract<Health, { is: "failed" }>, now: number): boolean =>
  isOfText === true || (mayBeOver !== true && now - since >= hiccup);
