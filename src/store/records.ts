import type { Resource, ResourceRef } from "../model/resource.ts";

/** A resource as it is kept: what differs from its kind's defaults. */
export interface Stored extends Resource {
  readonly ref: ResourceRef;
  /** Counts up with every change. */
  readonly revision: number;
  /** The path given to `apply`, for `--prune`. */
  readonly source: string;
}

/** What should be on this host, as far as it can be read: the estate's own records, or a host's copy of its share. */
export interface Records {
  get(ref: ResourceRef): Promise<Stored | undefined>;
  find(refs: readonly ResourceRef[]): Promise<Map<ResourceRef, Stored>>;
  list(kind?: string): Promise<Stored[]>;
  /** Name and revision of everything; cheap enough for ten thousand. */
  revisions(): Promise<{ readonly ref: ResourceRef; readonly revision: number }[]>;
}
