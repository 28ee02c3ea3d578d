import type { Condition, ConditionState } from "./condition.ts";
import type { ResourceRef } from "./resource.ts";

/*
 * Whether that is done which Upkeep has to do all the time for a record: look at a log, ask an address, keep a list. Times in
 * milliseconds since 1970.
 */

/**
 * - `well`: it is done.
 * - `awaited`: it has just been stated, or what does it has just been started, and has not said yet that it does it.
 * - `failed`: it is not done, and why.
 */
export type Health =
  | { readonly is: "well"; readonly since: number }
  | { readonly is: "awaited"; readonly since: number }
  | {
      readonly is: "failed";
      readonly since: number;
      readonly why: string;
      /** Others do not take it, a mail server or a name server: what Upkeep itself does for it, it does. */
      readonly isOutside?: true;
      /** What was wrong has been ended, and it is not seen yet that this was the cure. */
      readonly mayBeOver?: true;
      /** The configuration itself cannot be used: it stays so until that is another. */
      readonly isOfText?: true;
    };

export interface RecordHealth {
  readonly ref: ResourceRef;
  /** Of the configuration that it is about; without one, of whichever there is. */
  readonly digest?: string;
  readonly health: Health;
}

/** Who has not said a word for so long has failed. */
export const firstWordPatience = 30_000;

/** What a record comes to: waiting for a word is trouble, too, when it goes on. */
export const judge = (health: Health, now: number): Health =>
  health.is === "awaited" && now - health.since > firstWordPatience
    ? {
        is: "failed",
        since: health.since,
        why: `what is to do it has not said for ${Math.round((now - health.since) / 1000)} s that it does`,
      }
    : health;

/**
 * How resources stand, with what has come to light after they were applied. What could not be carried out, or was changed by
 * hand, stays that.
 */
export function conditionsWith(
  conditions: readonly Condition[],
  healths: readonly RecordHealth[],
): readonly Condition[] {
  const failed = new Map(
    healths.flatMap(({ ref, health }) => (health.is === "failed" ? [[ref, health] as const] : [])),
  );
  if (failed.size === 0) return conditions;
  return conditions.map((condition) => {
    const health = condition.state === "Applied" ? failed.get(condition.ref) : undefined;
    return health ? { ref: condition.ref, state: "Failed", message: health.why, at: health.since } : condition;
  });
}

/** How many resources are in each state. */
export const countStates = (conditions: readonly Condition[]): Partial<Record<ConditionState, number>> =>
  Object.fromEntries([...Map.groupBy(conditions, ({ state }) => state)].map(([state, all]) => [state, all.length]));
