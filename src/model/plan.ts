import type { Item, ItemKey } from "./item.ts";
import type { ResourceRef } from "./resource.ts";

/** What is on the host where an item should be. */
export interface FoundFile {
  readonly content: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** One item that differs between what should be and what is. Printed, sent and executed as it stands. */
export interface Change {
  readonly verb: "create" | "update" | "delete";
  readonly key: ItemKey;
  /** What should be there; for `delete`, what was. */
  readonly item: Item;
  /** The resources that ask for it. */
  readonly because: readonly ResourceRef[];
  /** For files: what is there now. */
  readonly before?: FoundFile;
  /** In a few words, what differs, where a diff cannot tell: `owner bob -> root`. */
  readonly detail?: string;
  /** Someone changed it by hand since Upkeep last wrote it. */
  readonly drift?: Drift;
}

/** A hand-made change to something that Upkeep owns. */
export interface Drift {
  /** What Upkeep wrote; `undefined` if only rights differ or the thing is gone. */
  readonly written?: string;
  /** What is there instead; `undefined` when it is gone. */
  readonly found?: string;
  readonly says: string;
}

/** What an apply would do, all of it, as a value. */
export interface Plan {
  readonly changes: readonly Change[];
  /** Daemons that would be reloaded, in order. */
  readonly reloads: readonly string[];
  /** Daemons that would be started. */
  readonly starts: readonly string[];
  /** Things worth saying before it happens: limits raised, weaker checks. */
  readonly notes: readonly string[];
  /** Resources that cannot be carried out here, and why. */
  readonly refused: readonly Refusal[];
}

export interface Refusal {
  readonly ref: ResourceRef;
  readonly reason: string;
}

export function countVerbs(changes: readonly Pick<Change, "verb">[]): Record<Change["verb"], number> {
  const counts = { create: 0, update: 0, delete: 0 };
  for (const change of changes) counts[change.verb]++;
  return counts;
}

/** What of a plan is counted. */
export type Outline = Pick<Plan, "starts" | "reloads"> & { readonly changes: readonly Pick<Change, "verb">[] };

/** `3 to create, 1 to change, 0 to delete; reloads apache2` */
export function summarise(plan: Outline): string {
  const { create, update, delete: gone } = countVerbs(plan.changes);
  const effects = [
    ...(plan.starts.length > 0 ? [`starts ${plan.starts.join(", ")}`] : []),
    ...(plan.reloads.length > 0 ? [`reloads ${plan.reloads.join(", ")}`] : []),
  ];
  return [`${create} to create, ${update} to change, ${gone} to delete`, ...effects].join("; ");
}
