import { rhythm } from "../../host/pace.ts";
import type { Health, PoolConfig } from "../../model/pool.ts";

/** This host's own eyes. */
export const here = "";

/** Milliseconds between two words of a host to others about what it sees. */
export const shareEvery: number = rhythm(5_000);

/** What another host has said counts for so many times as long as it takes to look, and until it has said so again. */
const believed = 4;

/** How addresses look, from this host and from others. */
export interface Views {
  /** Returns what the same has said before. */
  put(pool: string, address: string, from: string, health: Health): Health | undefined;
  own(pool: string, address: string): Health | undefined;
  /** What is believed: the own word always, others' while it is fresh, where they are asked. */
  votes(config: PoolConfig, address: string): readonly Health[];
  /** By the majority; where there is none, as it was published. */
  isUp(config: PoolConfig, address: string, published: readonly string[]): boolean;
}

export function openViews(now: () => number): Views {
  const views = new Map<string, Map<string, { readonly health: Health; readonly heard: number }>>();
  const of = (pool: string, address: string) => {
    const key = `${pool} ${address}`;
    const known = views.get(key) ?? new Map<string, { readonly health: Health; readonly heard: number }>();
    views.set(key, known);
    return known;
  };

  function votes({ name, every, timeout, vantage }: PoolConfig, address: string): readonly Health[] {
    const oldest = now() - believed * (every + timeout) - shareEvery;
    return [...of(name, address)]
      .filter(([from, { heard }]) => from === here || (vantage > 1 && heard > oldest))
      .map(([, { health }]) => health);
  }

  return {
    put(pool, address, from, health) {
      const before = of(pool, address).get(from)?.health;
      of(pool, address).set(from, { health, heard: now() });
      return before;
    },
    own: (pool, address) => of(pool, address).get(here)?.health,
    votes,
    isUp(config, address, published) {
      const all = votes(config, address);
      const up = all.filter((health) => health.isUp).length;
      return 2 * up === all.length ? published.includes(address) : 2 * up > all.length;
    },
  };
}
