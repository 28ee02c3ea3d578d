import { ownFilterSchema } from "../../../model/jail.ts";
import type { Definition } from "./definition.ts";

/** Throws a `ZodError` where it is no filter. */
export function readOwnFilter(value: unknown, file: string): Definition {
  const { prefregex, datepattern, ...rest } = ownFilterSchema.parse(value);
  return { files: [file], prefregex, datepattern, ...rest, journalmatch: [], usedns: undefined };
}
