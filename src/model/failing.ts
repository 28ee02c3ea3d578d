import type { ResourceRef } from "./resource.ts";

/*
 * What people are told of when something that Upkeep does all the time does not work, and when it works again: nothing of a
 * hiccup, each trouble once, and of what comes and goes the less, the more often it does. Times in milliseconds since 1970.
 */

/** Something that is to work, as it is now. */
export interface Work {
  /** For people: `what reads logs`. */
  readonly what: string;
  /** Why it does not work; nothing: it does. */
  readonly why?: string;
  /** Since when that is so. */
  readonly since: number;
  /** For whom it is done. */
  readonly refs: readonly ResourceRef[];
}

/** What people have been told of it. */
export interface ToldFailing {
  readonly what: string;
  readonly why: string;
  /** When it was told. */
  readonly at: number;
  /** How often it has been told lately. */
  readonly times: number;
  /** When it was told that it works again. */
  readonly over?: number;
}

export interface Announcement {
  readonly name: string;
  readonly is: "failing" | "recovered";
  readonly says: string;
  readonly ref?: ResourceRef;
  /** What has been told, afterwards. */
  readonly told: ToldFailing;
}

/** What is over sooner is a hiccup. */
export const hiccup = 5_000;

/** It works again when it has worked for so long; doubled each time that it fails again within an hour, up to the last. */
const [firstCalm, lastCalm] = [10_000, 600_000] as const;
export const lately = 3_600_000;

/** So many of them a person reads. */
const most = 5;

/** What is to be told now. `begun`: since when somebody looks; of what nobody has complained since then, it works. */
export function announcementsOf(
  works: ReadonlyMap<string, Work>,
  told: ReadonlyMap<string, ToldFailing>,
  { now, begun }: { readonly now: number; readonly begun: number },
): readonly Announcement[] {
  const failing = [...works].flatMap(([name, { what, why, since, refs }]): Announcement[] => {
    const before = told.get(name);
    if (why === undefined || now - since < hiccup || (before && before.over === undefined)) return [];
    const times = before && now - before.at < lately ? before.times + 1 : 1;
    const says = `${what}: ${why}${concerning(refs)}`;
    return [{ name, is: "failing", says, ...only(refs), told: { what, why, at: now, times } }];
  });
  const recovered = [...told].flatMap(([name, before]): Announcement[] => {
    const work = works.get(name);
    if (before.over !== undefined || work?.why !== undefined) return [];
    const calm = Math.min(lastCalm, firstCalm * 2 ** (before.times - 1));
    if (now - (work?.since ?? begun) < calm) return [];
    const refs = work?.refs ?? [];
    const says = `${before.what}: works again${concerning(refs)}`;
    return [{ name, is: "recovered", says, ...only(refs), told: { ...before, over: now } }];
  });
  return [...failing, ...recovered];
}

const only = (refs: readonly ResourceRef[]) => (refs.length === 1 ? { ref: refs[0]! } : {});

function concerning(refs: readonly ResourceRef[]): string {
  if (refs.length === 0) return "";
  const more = refs.length > most ? ` and ${refs.length - most} more` : "";
  return ` (${refs.slice(0, most).join(", ")}${more})`;
}
