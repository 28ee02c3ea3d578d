import { z } from "zod";
import type { Checked } from "../../host/checks.ts";
import { type Check, type Health, healthSchema, type PoolConfig } from "../../model/pool.ts";
import { advance, type Standing, unlooked } from "./health.ts";
import { turnsOf } from "./turns.ts";

/** What a host sees of an address, also as it says so to others. */
export const seenSchema = z.strictObject({
  pool: z.string().max(253),
  address: z.string().max(45),
  health: healthSchema,
});

export type Seen = z.output<typeof seenSchema>;

/** Asks all addresses of a pool again and again, and says when one is up or down. */
export function openPoolWatch(
  config: PoolConfig,
  {
    check,
    now,
    tell,
    random = Math.random,
  }: {
    readonly check: (check: Check, address: string, timeout: number) => Promise<Checked>;
    readonly now: () => number;
    readonly tell: (seen: Seen) => void;
    readonly random?: () => number;
  },
): { stop(): void } {
  const { name, members, checks, every, timeout, rise, fall } = config;
  let isStopped = false;
  const timers = new Set<NodeJS.Timeout>();

  function at(moment: number, work: () => void) {
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (!isStopped) work();
    }, moment - performance.now());
    timers.add(timer);
  }

  function follow(address: string) {
    /** Nothing, until so many in a row have said the same. */
    let standing: Standing | undefined;
    let row = { isGood: true, length: 0 };
    const turns = turnsOf(every, performance.now(), random);
    let told: Health | undefined;

    const look = async () => {
      const { isGood, says, took, certificateEnds } = await all(address);
      if (isStopped) return;
      row = { isGood, length: row.isGood === isGood ? row.length + 1 : 1 };
      if (standing) standing = advance(standing, isGood, now(), config);
      else if (row.length >= (isGood ? rise : fall)) standing = unlooked(isGood, now());
      // What is down has no certificate to speak of.
      const isNews = standing?.isUp !== told?.isUp || (isGood && certificateEnds !== told?.certificateEnds);
      if (standing && isNews) {
        const { isUp, since } = standing;
        told = { isUp, since, says, took, ...(certificateEnds !== undefined && { certificateEnds }) };
        tell({ pool: name, address, health: told });
      }
      at(turns.next(performance.now()), () => void look());
    };
    at(turns.first, () => void look());
  }

  async function all(address: string): Promise<Checked> {
    const results = await Promise.all(checks.map((each) => check(each, address, timeout)));
    const bad = results.find(({ isGood }) => !isGood);
    return bad ?? results.find(({ certificateEnds }) => certificateEnds !== undefined) ?? results[0]!;
  }

  for (const { address } of members) follow(address);
  return {
    stop() {
      isStopped = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
