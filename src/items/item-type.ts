import type { Host } from "../host/host.ts";
import type { Known } from "../model/applied.ts";
import type { Facts } from "../model/facts.ts";
import type { JournalEntry } from "../model/generation.ts";
import type { Item } from "../model/item.ts";
import type { Change } from "../model/plan.ts";

/** What an item type answers with: how the host differs from the item, or why it must not be touched. */
export type Comparison = Pick<Change, "verb" | "before" | "detail" | "drift"> | { readonly refused: string };

export interface Look {
  readonly host: Host;
  readonly facts: Facts;
  /** What Upkeep last wrote to a file. */
  readonly written: (path: string) => string | undefined;
  /** Why root must not work in a directory; remembered, since ten thousand sites share most of theirs. */
  readonly unsafe: Map<string, string | undefined>;
}

/** How one type of item is compared with the host. Reading only. */
export type Compare<I extends Item> = (item: I, known: Known | undefined, look: Look) => Comparison | undefined;

/** Names to numbers, as they are or will be on the host. */
export type Identify = (owner: string, group: string) => { readonly uid: number; readonly gid: number };

/** How one type of path is put in place and taken back. `generation` makes the names of what waits beside it. */
export interface Placement<I extends Item> {
  /** What will be done, so that it can be undone. Nothing is touched yet. */
  journal(change: Change & { item: I }, generation: number, host: Host): JournalEntry;
  /** Prepares beside the target all that can fail for want of space or rights. */
  stage(change: Change & { item: I }, entry: JournalEntry, host: Host, identify: Identify): Promise<void> | void;
  /** Makes it so, by renaming. */
  place(change: Change & { item: I }, entry: JournalEntry, host: Host, identify: Identify): Promise<void> | void;
  /** Takes it back, from whatever point was reached. Doing it twice does no harm. */
  takeBack(entry: JournalEntry, host: Host): void;
  /** Removes what waited for a taking back. */
  forget(entry: JournalEntry, host: Host): void;
}
