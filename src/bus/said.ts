import type { z } from "zod";

/** What a message says, if that is something one may say. */
export function said<T>(schema: z.ZodType<T>, message: { json(): unknown }): T | undefined {
  try {
    return schema.parse(message.json());
  } catch {
    return undefined;
  }
}
