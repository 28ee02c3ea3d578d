import { z } from "zod";
import type { Accepted } from "../control.ts";

/** What a change of the estate comes to; hosts carry it out from then on, see `/v1/events`. */
export const acceptedSchema = z
  .object({
    changed: z.int().describe("How many are not as they were, or are tried again."),
    hosts: z.array(z.string()).describe("The hosts whom it concerns."),
    refs: z.array(z.string()),
  })
  .meta({ id: "Accepted" });

export const acceptedOf = ({ changed, hosts, refs }: Accepted): z.output<typeof acceptedSchema> => ({
  changed,
  hosts: [...hosts],
  refs: [...refs],
});
