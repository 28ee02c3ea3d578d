import { z } from "zod";
import { printable } from "../model/printable.ts";
import type { ResourceRef } from "../model/resource.ts";
import { isRead, watchedRef } from "../model/watched.ts";

/** What the reader says of how it fares, all of it each time; checked before it is taken. */
export const lookingSchema = z.strictObject({
  is: z.literal("looking"),
  /** Which of the configurations it was told of this is about. */
  turn: z.int().min(1),
  /** Files of what it has begun to look at, and does not yet. */
  waiting: z.array(z.string().max(500)).max(10_000),
  troubles: z
    .array(
      z.strictObject({
        about: z.string().max(500),
        files: z.array(z.string().max(500)).max(10_000),
        why: z.string().max(2_000),
      }),
    )
    .max(500),
});

export type Looking = z.output<typeof lookingSchema>;

/** For people. */
export const reader = "the reader of logs and addresses";

/** All that it says of what nothing stated has it look at: one trouble, however many it makes of it. */
const readerItself = `${reader} itself`;

export const isOfReader = (what: string): boolean => what === readerItself || what.startsWith(`${reader}: `);

/** Of which records it complains, and why. */
interface Complaint {
  readonly refs: ReadonlySet<ResourceRef>;
  readonly why: string;
  /** It is about a configuration itself. */
  readonly isOfText?: true;
}

/** What it complains of, by what that is. `namesOf`: by which names it may, of a record that is stated. */
export function complaintsIn(
  troubles: Looking["troubles"],
  namesOf: (ref: ResourceRef) => ReadonlySet<string> | undefined,
): ReadonlyMap<string, Complaint> {
  const all = new Map<string, Complaint>();
  for (const { about, files, why } of troubles) {
    const refs = [...new Set(files.map(watchedRef))].filter(
      (ref) => ref && isRead(ref) && namesOf(ref),
    ) as ResourceRef[];
    const named = refs.filter((ref) => namesOf(ref)!.has(about));
    const [what, concerned, words] =
      named.length > 0 ? [`${reader}: ${printable(about)}`, named, why] : [readerItself, refs, `${about}: ${why}`];
    const known = all.get(what);
    all.set(what, {
      refs: new Set([...(known?.refs ?? []), ...concerned]),
      why: known?.why ?? printable(words),
      ...(named.length > 0 && watchedRef(about) && { isOfText: true }),
    });
  }
  return all;
}
