import type { Observation } from "../model/happening.ts";
import type { PoolMember } from "../model/pool-member.ts";
import type { Pools } from "../store/pools.ts";

/**
 * Writes down how addresses of pools stand, each when it is another than it was. What cannot be written stays news: both
 * throw then, and may be asked again.
 */
export interface PoolObservations {
  /** Returns whether there is any news. */
  note(members: readonly PoolMember[], at: number): boolean;
  /** Of addresses that are in no pool any longer nothing is known. */
  keepOnly(members: readonly Pick<PoolMember, "pool" | "address">[], at: number): void;
}

/** Milliseconds: until it changes, it is so. */
const lasting = 365 * 86_400_000;

export function openPoolObservations(store: Pick<Pools, "observed" | "observe">): PoolObservations {
  const known = new Map(store.observed().map(({ key, value }) => [key, textOf(value as PoolMember)]));
  return {
    note(members, at) {
      const news = members.flatMap((member): Observation[] => {
        const key = keyOf(member);
        return known.get(key) === textOf(member) ? [] : [{ watch: "pools", key, until: at + lasting, value: member }];
      });
      if (news.length > 0) store.observe(news, at);
      for (const { key, value } of news) known.set(key, textOf(value as PoolMember));
      return news.length > 0;
    },
    keepOnly(members, at) {
      const there = new Set(members.map(keyOf));
      const gone = [...known.keys()].filter((key) => !there.has(key));
      const nothing = gone.map((key): Observation => ({ watch: "pools", key, until: at + lasting }));
      if (nothing.length > 0) store.observe(nothing, at);
      for (const key of gone) known.delete(key);
    },
  };
}

const keyOf = ({ pool, address }: Pick<PoolMember, "pool" | "address">): string => `${pool} ${address}`.slice(0, 200);

/** How long it took is no news. */
const textOf = ({ took: _, ...member }: PoolMember): string => JSON.stringify(member);
