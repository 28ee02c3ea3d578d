import type { Member, PoolConfig } from "../../model/pool.ts";

/** What is to be published, and what is wrong if something is. */
export interface Choice {
  readonly addresses: readonly string[];
  readonly alarm?: string;
}

/**
 * Which addresses visitors are to be given: of the first priority in which enough are up, those that are, the heaviest first,
 * up to `maxUp`. Where fewer than `minUp` seem to be up, it is more likely that we see nothing: then what was published
 * last stays.
 */
export function choose(
  { members, minUp, maxUp }: Pick<PoolConfig, "members" | "minUp" | "maxUp">,
  {
    isUp,
    isDrained,
    last,
  }: {
    readonly isUp: (address: string) => boolean;
    /** Somebody has taken it out. */
    readonly isDrained: (address: string) => boolean;
    readonly last: readonly string[];
  },
): Choice {
  const wanted = members.filter(({ address }) => !isDrained(address));
  const up = wanted.filter(({ address }) => isUp(address));
  if (up.length < Math.max(1, Math.min(minUp, wanted.length))) {
    const known = new Set(members.map(({ address }) => address));
    const kept = last.filter((address) => known.has(address));
    const alarm = `${up.length} of ${wanted.length} addresses seem to be up, fewer than ${Math.max(1, minUp)}: what was published stays`;
    return { addresses: kept.length > 0 ? kept : members.map(({ address }) => address), alarm };
  }
  const priorities = [...new Set(up.map(({ priority }) => priority))].sort((one, other) => one - other);
  const first = up.filter(({ priority }) => priority === priorities[0]);
  const chosen = [...first].sort(byWeight).slice(0, maxUp ?? first.length);
  return { addresses: chosen.map(({ address }) => address) };
}

const byWeight = (one: Member, other: Member): number => other.weight - one.weight;
