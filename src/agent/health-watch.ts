import { rhythm } from "../host/pace.ts";
import { announcementsOf, hiccup } from "../model/failing.ts";
import type { RecordHealth } from "../model/health.ts";
import type { ResourceRef } from "../model/resource.ts";
import { openGuardDatabase } from "../store/guard-database.ts";
import { guardService } from "./asking-guard.ts";
import { guardWork } from "./guard-life.ts";
import { type HealthHere, lookAtRecords } from "./health.ts";
import type { Upkeep } from "./upkeep.ts";

/** Milliseconds between two looks. */
const every: number = rhythm(10_000);

/** The agent's own view of what is done all the time on its host: it tells the estate, also where the guard cannot. */
export interface HealthWatch {
  /** As it was when it was looked at last. */
  records(): readonly RecordHealth[];
  /** Something may have changed. */
  look(): void;
  stop(): void;
}

export function watchHealth(
  { host, ledger }: Pick<Upkeep, "host" | "ledger">,
  log: (text: string) => void,
  news: { readonly changed: () => void; readonly happened: () => void },
): HealthWatch {
  /** As it was found, and what of that has lasted. */
  let all: readonly RecordHealth[] = [];
  let records: readonly RecordHealth[] = [];
  let isLooking = false;
  let isAgain = false;
  let isStopped = false;
  /** Since when the guard has been found not to be well, at each look. */
  let deadSince: number | undefined;

  async function look(): Promise<void> {
    const found = await lookAtRecords(host, ledger);
    if (isStopped) return;
    const before = records;
    all = steadied(found.records, all);
    records = lasting(all, host.clock.now());
    if (JSON.stringify(before) !== JSON.stringify(records)) news.changed();
    tellOfGuard(found);
  }

  /** A guard that does not come to life can tell nobody; what it was about to tell is its own to take back. */
  function tellOfGuard({ processes, records: found }: HealthHere): void {
    const trouble = processes.all.find(({ name }) => name === guardService)?.trouble;
    const refs = found.flatMap(({ ref, digest, health }) =>
      digest === undefined && health.is === "failed" ? [ref] : [],
    );
    const now = host.clock.now();
    if (trouble === undefined || refs.length === 0) {
      deadSince = undefined;
      return;
    }
    deadSince ??= now;
    const work = { what: guardWork, why: trouble, since: deadSince, refs: [] };
    try {
      const { failing, close } = openGuardDatabase();
      try {
        // Of all else that has been told, it says itself when it is over.
        const told = new Map([...failing.told()].filter(([name]) => name === guardWork));
        const due = announcementsOf(new Map([[guardWork, work]]), told, { now, begun: now });
        for (const { says } of failing.announce(due, now)) {
          log(says);
          news.happened();
        }
      } finally {
        close();
      }
    } catch (error) {
      log(`that the guard is not well cannot be written down: ${(error as Error).message}`);
    }
  }

  function lookOnce(): void {
    isAgain = isLooking;
    if (isLooking || isStopped) return;
    isLooking = true;
    void look()
      .catch((error: Error) => log(`how this host's watches fare is not known: ${error.message}`))
      .finally(() => {
        isLooking = false;
        if (isAgain) lookOnce();
      });
  }

  const timer = setInterval(lookOnce, every);
  lookOnce();
  return {
    records: () => records,
    look: lookOnce,
    stop() {
      isStopped = true;
      clearInterval(timer);
    },
  };
}

/** A hiccup is nobody's business: the estate is told of what has failed for a while. */
export const lasting = (found: readonly RecordHealth[], now: number): readonly RecordHealth[] =>
  found.filter(({ health }) => health.is !== "failed" || now - health.since >= hiccup);

/** What fails for the same reason has failed since it did so first; a count in the reason makes it no other. */
export function steadied(found: readonly RecordHealth[], before: readonly RecordHealth[]): readonly RecordHealth[] {
  const known = new Map<ResourceRef, RecordHealth>(before.map((each) => [each.ref, each]));
  const plain = (text: string) => text.replaceAll(/\d+/g, "#");
  return found.map((each) => {
    const former = known.get(each.ref);
    const isSame =
      each.health.is === "failed" &&
      former?.health.is === "failed" &&
      plain(each.health.why) === plain(former.health.why);
    return isSame ? { ...each, health: former.health } : each;
  });
}
