import type { z } from "zod";
import { HttpProblem } from "./problem.ts";

/** Where a page ends, for whoever wants the next one. */
export const cursorOf = (position: object): string => Buffer.from(JSON.stringify(position)).toString("base64url");

/** What {@link cursorOf} has given. */
export function positionIn<T>(cursor: string | undefined, schema: z.ZodType<T>): T | undefined {
  if (cursor === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")));
  } catch {
    throw new HttpProblem(400, "this is no cursor that a list has given");
  }
}
