import { roughly } from "../model/duration.ts";
import { type PoolConfig, untilWithdrawn } from "../model/pool.ts";
import type { PoolChange } from "../store/pools.ts";

/** How long a visitor may still be given an address after it has gone down, and why. */
export function explainPool({
  name,
  every,
  timeout,
  fall,
  rise,
  ttl,
  minUp,
  maxUp,
  members,
  vantage,
}: PoolConfig): string[] {
  const withdrawn = untilWithdrawn({ every, timeout, fall });
  return [
    `${name}: ${members.length} addresses, each asked every ${length(every)}`,
    "",
    `  An address that fails is out of the zone after at most ${length(withdrawn)}:`,
    `    up to ${length(every)} until it is asked next,`,
    `    ${fall} bad answers in a row, ${length(every)} apart, the last of which may take ${length(timeout)},`,
    ...(vantage > 1 ? [`    the majority of up to ${vantage} hosts, which tell each other at once.`] : []),
    `  Resolvers may remember it for another ${length(ttl * 1_000)} (ttl).`,
    `  So a visitor may be given it until ${length(withdrawn + ttl * 1_000)} after it failed; browsers and resolvers that remember longer than they may, longer.`,
    `  It comes back after ${rise} good answers in a row, ${length(every)} apart.`,
    `  At least ${minUp} stay published, whatever is seen${maxUp === undefined ? "" : `; at most ${maxUp}`}.`,
    ...(ttl * 1_000 > withdrawn
      ? [
          "",
          `  The ttl is longer than all the rest: a shorter one (${Math.max(5, Math.floor(withdrawn / 2_000))}) would bring visitors away sooner.`,
        ]
      : []),
  ];
}

const length = (milliseconds: number): string =>
  milliseconds < 1_000 ? `${Math.round(milliseconds)} ms` : roughly(milliseconds);

/** A sign for each part of a time, and the share of it in which an address was up. */
export function plotOf(
  { from, to, columns }: { readonly from: number; readonly to: number; readonly columns: number },
  wasUp: boolean,
  changes: readonly Pick<PoolChange, "at" | "isUp">[],
): { readonly signs: string; readonly share: number } {
  const edges = [{ at: from, isUp: wasUp }, ...changes];
  const upIn = (begin: number, end: number): number =>
    edges.reduce((sum, { at, isUp }, index) => {
      const until = edges[index + 1]?.at ?? to;
      return isUp ? sum + Math.max(0, Math.min(end, until) - Math.max(begin, at)) : sum;
    }, 0);
  const step = (to - from) / columns;
  const signs = Array.from({ length: columns }, (_, column) => {
    const share = upIn(from + column * step, from + (column + 1) * step) / step;
    return share > 0.999 ? "█" : share > 0.5 ? "▆" : share > 0.001 ? "▂" : "·";
  });
  return { signs: signs.join(""), share: Math.min(1, upIn(from, to) / (to - from)) };
}
