import type { Observation } from "../model/happening.ts";
import type { PoolMember } from "../model/pool-member.ts";
import type { Pools } from "../store/pools.ts";

/** Writes down how addresses of pools stand, each when it is another than it was. */
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
        const [key, text] = [keyOf(member), textOf(member)];
        if (known.get(key) === text) return [];
        known.set(key, text);
        return [{ watch: "pools", key, until: at + lasting, value: member }];
      });
      if (news.length > 0) store.observe(news, at);
      return news.length > 0;
    },
    keepOnly(members, at) {
      const there = new Set(members.map(keyOf));
      const gone = [...known.keys()].filter((key) => !there.has(key));
      for (const key of gone) known.delete(key);
      const nothing = gone.map((key): Observation => ({ watch: "pools", key, until: at + lasting }));
      if (nothing.length > 0) store.observe(nothing, at);
    },
  };
}

const keyOf = ({ pool, address }: Pick<PoolMember, "pool" | "address">): string => `${pool} ${address}`.slice(0, 200);

/** How long it took is no news. */
const textOf = ({ took: _, ...member }: PoolMember): string => JSON.stringify(member);
