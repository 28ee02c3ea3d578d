import { z } from "zod";
import { parseAddress, parseNetwork } from "../../model/address.ts";
import { ownFilterSchema } from "./filter/own.ts";

/** Where jails are stated on a host, a file each; the watch reads them again when they change. */
export const jailDirectory = "/etc/upkeep/jails";

export const jailName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, "must be letters, digits, dots and dashes, at most 63 of them");

const milliseconds = z
  .int()
  .min(1_000)
  .max(10 * 365 * 86_400_000);

/** A jail as the watch reads it. Times in milliseconds. */
export const jailConfigSchema = z.strictObject({
  name: jailName,
  /** One of fail2ban's with options, or one of its own. */
  filter: z.union([z.string().min(1), ownFilterSchema]),
  /** Files; the last part of a name, and directories, may have stars. */
  logs: z.array(z.string().startsWith("/")),
  /** What of systemd's journal it reads, as journalctl(1) takes it; without any, nothing. */
  journal: z.array(z.string().regex(/^(\+|[A-Z_]+=[^\0]+)$/, "must be a field and a value: _COMM=sshd")),
  maxRetry: z.int().min(1).max(1_000),
  findTime: milliseconds,
  banTime: milliseconds,
  growth: z.number().min(1).max(100),
  longest: milliseconds,
  /** Ports that are closed to whoever is banned; without any, all of them. */
  ports: z.array(z.int().min(1).max(65_535)),
  /** Addresses and networks that are never banned. */
  allow: z.array(z.string().refine((text) => parseNetwork(text) !== undefined, "must be an address or a network")),
  /** A ban holds on all hosts of the estate that have this jail and say so, too. */
  everywhere: z.boolean().default(false),
  /** Bans; otherwise only tells whom it would have banned. */
  active: z.boolean(),
});

export type JailConfig = z.infer<typeof jailConfigSchema>;

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
