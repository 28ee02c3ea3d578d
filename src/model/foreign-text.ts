import { z } from "zod";
import type { ResourceRef } from "./resource.ts";

/** Text of a host that may be someone else's by now: nothing in it moves a terminal's cursor, or turns the order of its letters. */
export const foreignText = (longest = 100_000) =>
  z
    .string()
    .max(longest)
    .overwrite((said) =>
      said.replace(/(?![\t\n])[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "\ufffd"),
    );

/** What a host calls a resource. */
export const foreignRef = z
  .string()
  .regex(/^[A-Z][A-Za-z0-9]{0,63}\/[^\s/]{1,253}$/)
  .transform((said) => said as ResourceRef);
