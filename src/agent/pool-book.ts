import type { Clock } from "../host/host.ts";
import type { PoolMember } from "../model/pool-member.ts";
import type { ResourceRef } from "../model/resource.ts";
import type { GuardEvent } from "../store/guard-history.ts";
import type { PoolChange, Pools } from "../store/pools.ts";
import { openGuardBook } from "./guard-book.ts";
import type { WorkReport } from "./guard-health.ts";
import { openPoolObservations } from "./pool-observations.ts";

/** Writes down what becomes of pools. None of it throws: what visitors are given does not depend on it. */
export interface PoolBook {
  remember(is: GuardEvent["is"], says: readonly string[]): void;
  /** An address is up or down. */
  note(change: PoolChange): void;
  /** An address's certificate ends soon. */
  warn(pool: string, address: string, ends: number): void;
  /** How the addresses of these pools stand. */
  observe(pools: Iterable<string>): void;
  /** Of addresses that are in no pool any longer nothing is known. */
  tidy(): void;
  stop(): void;
}

const what = "what happens to pools cannot be written down";
const isPool = (ref: ResourceRef) => ref.startsWith("DnsPool/");

export function openPoolBook({
  store,
  clock,
  members,
  log,
  report,
  news,
}: {
  readonly store: Pools;
  readonly clock: Pick<Clock, "now">;
  /** How the addresses of these pools stand, or of all. */
  readonly members: (pools?: ReadonlySet<string>) => readonly PoolMember[];
  readonly log: (text: string) => void;
  readonly report: WorkReport;
  /** Something has been written down. */
  readonly news: () => void;
}): PoolBook {
  const book = openGuardBook({ what, concerns: isPool, log, report });
  const observations = openPoolObservations(store);
  const unobserved = new Set<string>();
  return {
    remember(is, says) {
      const at = clock.now();
      book.write(() => {
        store.remember(says.map((each) => ({ is, says: each, at })));
        news();
      });
    },
    note: (change) => book.write(() => store.note(change)),
    warn(pool, address, ends) {
      const says = `${pool}: that of ${address} ends on ${new Date(ends).toISOString().slice(0, 10)}`;
      const at = clock.now();
      book.write(() => {
        if (store.warn({ pool, address, ends }, { is: "certificate", says, at })) log(`certificate of ${says}`);
      });
    },
    observe(pools) {
      for (const pool of pools) unobserved.add(pool);
      book.write(() => {
        const isNews = observations.note(members(unobserved), clock.now());
        unobserved.clear();
        if (isNews) news();
      }, "how addresses stand");
    },
    tidy: () => book.write(() => observations.keepOnly(members(), clock.now()), "which addresses there are"),
    stop: book.stop,
  };
}
