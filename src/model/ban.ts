import { z } from "zod";
import { parseNetwork } from "./address.ts";
import { foreignText } from "./foreign-text.ts";
import { moment } from "./moment.ts";

/** Somebody who is kept out, and why. Times in milliseconds since 1970. */
export interface Banned {
  /** An address or a network. */
  readonly address: string;
  /** Which jail it was; nothing if it was a person. */
  readonly jail?: string | undefined;
  readonly reason: string;
  /** Ports that are closed to it; without any, all of them. */
  readonly ports: readonly number[];
  /** Not the packet filter but the servers of sites refuse it. */
  readonly byServer?: boolean | undefined;
  readonly since: number;
  readonly until: number;
  /** The how many-th time. */
  readonly number: number;
  readonly evidence: readonly string[];
}

/** A ban as another machine tells of it. */
export const bannedSchema: z.ZodType<Banned> = z.object({
  address: z
    .string()
    .max(60)
    .refine((text) => parseNetwork(text) !== undefined, "must be an address or a network"),
  jail: foreignText(63).optional(),
  reason: foreignText(500),
  ports: z.array(z.int().min(1).max(65_535)).max(100),
  byServer: z.boolean().optional(),
  since: moment,
  until: moment,
  number: z.int(),
  evidence: z.array(foreignText(500)).max(5),
});
