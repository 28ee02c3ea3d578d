import type { Change } from "../model/plan.ts";
import type { ResourceRef } from "../model/resource.ts";
import { watchedRef } from "../model/watched.ts";
import type { Quarantine } from "./rehearse.ts";

/** A watched record whose configuration has changed: from now on exactly this is to be looked at. */
export interface WatchedChange {
  readonly ref: ResourceRef;
  readonly content: string;
}

/** Why one of them is not looked at. */
export interface Unwatched {
  readonly ref: ResourceRef;
  readonly why: string;
}

/** Waits until each of them is looked at as it is now; returns those that are not. */
export type AwaitWatched = (changes: readonly WatchedChange[]) => Promise<readonly Unwatched[]>;

/** Of what has changed, what something has to look at all the time. Others' trouble is not this change's. */
export const watchedChanges = (changes: readonly Change[], quarantined: Quarantine): readonly WatchedChange[] =>
  changes.flatMap(({ verb, item, because }): WatchedChange[] => {
    const ref = item.type === "file" && verb !== "delete" ? watchedRef(item.path) : undefined;
    return ref && item.type === "file" && !because.some((each) => quarantined.has(each))
      ? [{ ref, content: item.content }]
      : [];
  });

export const complainOfUnwatched = (unwatched: readonly Unwatched[]): string =>
  unwatched.map(({ ref, why }) => `${ref} does not begin its work: ${why}`).join("\n");
