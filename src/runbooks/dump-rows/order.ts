import type { Relation } from "./schema.ts";

/** In which order tables are filled. */
export interface Order {
  /** Those that are referred to first. */
  readonly tables: readonly string[];
  /** Relations that no order satisfies: in a circle, or of a table to itself. */
  readonly loose: readonly Relation[];
}

/** Orders tables so that what is referred to is there before; circles are broken where that costs fewest relations. */
export function loadOrder(names: readonly string[], relations: readonly Relation[]): Order {
  const among = new Set(names);
  const declared = relations.filter(
    ({ isDeclared, child, parent }) => isDeclared && among.has(child) && among.has(parent),
  );
  const left = new Set([...names].sort());
  const tables: string[] = [];
  const loose = declared.filter(({ child, parent }) => child === parent);
  const missing = (name: string) =>
    declared.filter(({ child, parent }) => child === name && parent !== name && left.has(parent));
  while (left.size > 0) {
    const ranked = [...left].map((name) => ({ name, relations: missing(name) }));
    const next = ranked.reduce((best, each) => (costOf(each.relations) < costOf(best.relations) ? each : best));
    loose.push(...next.relations);
    tables.push(next.name);
    left.delete(next.name);
  }
  return { tables, loose };
}

/** What is checked only at the end costs nothing. */
const costOf = (relations: readonly Relation[]): number =>
  relations.reduce((sum, { isDeferrable }) => sum + (isDeferrable ? 0.001 : 1), 0);
