import { parseAddress, printAddress } from "../model/address.ts";
import { count, fresh, type Limits, type Standing } from "../watches/jail/counting.ts";
import type { Verdict } from "../watches/jail/filter/matcher.ts";

/** Whom a jail would have banned, had it read a log as it was written. */
export interface WouldBe {
  readonly address: string;
  /** Milliseconds since 1970. */
  readonly bans: readonly number[];
  readonly failures: number;
  /** When they signed in, or did whatever the filter calls a success; the first time. */
  readonly succeeded: number | undefined;
}

/** Counts as a jail does, with the log's own time for now. */
export function openDryRun(limits: Limits) {
  const standings = new Map<string, { readonly standing: Standing; readonly bans: number[]; failures: number }>();
  const successes = new Map<string, number>();
  let now = 0;

  return {
    take(verdict: Verdict) {
      if (verdict.is === "noFailure" && verdict.isSuccess) {
        const address = parseAddress(verdict.host ?? "");
        if (address && !successes.has(printAddress(address))) successes.set(printAddress(address), now);
      }
      if (verdict.is !== "failure") return;
      const { host, id, moment } = verdict.failure;
      const address = parseAddress(host ?? id);
      if (!address) return;
      now = Math.max(now, moment ?? now);
      const name = printAddress(address);
      const known = standings.get(name) ?? { standing: fresh(), bans: [], failures: 0 };
      standings.set(name, known);
      known.failures++;
      if (count(known.standing, moment ?? now, now, limits)) known.bans.push(now);
    },
    /** Those whom it would have banned, the first first. */
    banned: (): WouldBe[] =>
      [...standings]
        .filter(([, { bans }]) => bans.length > 0)
        .map(([address, { bans, failures }]) => ({ address, bans, failures, succeeded: successes.get(address) }))
        .toSorted((one, other) => one.bans[0]! - other.bans[0]!),
  };
}
