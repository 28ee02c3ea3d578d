import { z } from "zod";
import { parseAddress } from "../../model/address.ts";
import { jailName } from "../../model/jail.ts";

/** What the watch asks root for. Root takes nothing that is not exactly this, and checks it again. */
export const decisionSchema = z.strictObject({
  is: z.literal("ban"),
  /** The same decision comes again until it has been acknowledged. */
  id: z.int().min(1),
  jail: jailName,
  address: z
    .string()
    .max(45)
    .refine((text) => parseAddress(text) !== undefined),
  since: z.int().min(0),
  until: z.int().min(0),
  /** The how many-th ban of this address here. */
  number: z.int().min(1),
  /** The lines that it took, cut off. */
  evidence: z.array(z.string().max(500)).max(5),
});

/** A ban as one host tells others of it. */
export const sharedSchema = decisionSchema.omit({ is: true, id: true, since: true });

export type SharedBan = z.infer<typeof sharedSchema>;

export type Decision = z.infer<typeof decisionSchema>;
