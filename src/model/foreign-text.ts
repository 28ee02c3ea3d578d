import { z } from "zod";

/** Text of a host that may be someone else's by now: nothing in it moves a terminal's cursor. */
export const foreignText = (longest = 100_000) =>
  z
    .string()
    .max(longest)
    .transform((said) => said.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, "\ufffd"));
