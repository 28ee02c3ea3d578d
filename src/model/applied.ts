import type { Condition } from "./condition.ts";
import type { KnownItem } from "./item.ts";
import type { Probe } from "./probe.ts";
import type { ResourceRef } from "./resource.ts";

/** What was put on the host for one item, and how to see at a glance that it is still so. */
export interface Known {
  readonly item: KnownItem;
  /** {@link Stat.signature} right after it was written. */
  readonly signature?: string;
}

/** What is live on the host for one resource, or for one daemon's base (`Daemon/apache2`). */
export interface Applied {
  readonly ref: ResourceRef;
  readonly revision: number;
  /** What it was rendered with besides its spec, see `renderContext`. */
  readonly context: string;
  readonly spec: unknown;
  readonly known: readonly Known[];
  readonly needs: readonly string[];
  /** Its first probe: whether it is itself that answers. */
  readonly probe?: Probe;
  readonly address?: string;
}

/** What is remembered of a resource, with what was written to its files. */
export interface Written extends Applied {
  readonly contents: readonly (readonly [path: string, content: string])[];
}

export interface Settlement {
  /** Made one by one as they are written: ten thousand at once would be a lot of memory. */
  readonly applied: Iterable<Written>;
  readonly removed: readonly ResourceRef[];
  readonly conditions: readonly Condition[];
}
