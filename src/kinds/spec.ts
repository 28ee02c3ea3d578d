import { isDeepStrictEqual } from "node:util";
import type { Kind } from "../model/kind.ts";

/** A spec as people would write it: without what is as it would be anyway. Parsing gives the same spec back. */
export function withoutDefaults(kind: Kind, spec: unknown): unknown {
  const defaults = defaultsOf(kind);
  return Object.fromEntries(
    Object.entries(spec as object).filter(
      ([field, value]) => value !== undefined && !isDeepStrictEqual(value, defaults[field]),
    ),
  );
}

const known = new Map<Kind, Record<string, unknown>>();

function defaultsOf(kind: Kind): Record<string, unknown> {
  let defaults = known.get(kind);
  if (!defaults) {
    defaults = (kind.spec.safeParse({}).data ?? {}) as Record<string, unknown>;
    known.set(kind, defaults);
  }
  return defaults;
}
