import { z } from "zod";
import type { ResourceRef } from "./resource.ts";

/** Text of a host that may be someone else's by now: nothing in it moves a terminal's cursor. */
export const foreignText = (longest = 100_000) =>
  z
    .string()
    .max(longest)
    .overwrite((said) => said.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, "\ufffd"));

/** What a host calls a resource. */
export const foreignRef = z
  .string()
  .regex(/^[A-Z][A-Za-z0-9]{0,63}\/[^\s/]{1,253}$/)
  .transform((said) => said as ResourceRef);
