import { z } from "zod";
import type { Definition } from "./definition.ts";

const expressions = z
  .union([z.string(), z.array(z.string())])
  .transform((given) => (typeof given === "string" ? [given] : given));

/** A filter in YAML: the same words as fail2ban's, with nothing to be filled in. */
export const ownFilterSchema = z.strictObject({
  prefregex: z
    .string()
    .optional()
    .describe("What every line has to be like; `<F-CONTENT>` in it is what the rest is about."),
  failregex: expressions
    .refine((all) => all.length > 0, "must have one at least")
    .describe("Lines that count against somebody, each with `<HOST>`, `<ADDR>` or `<F-ID>`."),
  ignoreregex: expressions.default([]).describe("Lines that do not count after all."),
  datepattern: z.string().optional().describe("How lines begin with their date, where it is none of the usual ways."),
  maxlines: z.int().min(1).max(100).default(1).describe("How many lines are looked at together."),
});

/** Throws a `ZodError` where it is no filter. */
export function readOwnFilter(value: unknown, file: string): Definition {
  const { prefregex, datepattern, ...rest } = ownFilterSchema.parse(value);
  return { files: [file], prefregex, datepattern, ...rest, journalmatch: [], usedns: undefined };
}
