import type { Kind } from "../model/kind.ts";
import { siteKind } from "./site/site.ts";

/** Everything an estate can state. */
export const kinds: readonly Kind[] = [siteKind];

export const kindNamed = (name: string): Kind | undefined => kinds.find((kind) => kind.name === name);
