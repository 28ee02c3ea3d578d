import { z } from "zod";
import { parseNetwork } from "./address.ts";

/*
 * A jail as it stands on a host: what its kind renders, and what the watch reads.
 */

/** Where jails are stated on a host, a file each; the watch reads them again when they change. */
export const jailDirectory = "/etc/upkeep/jails";

export const jailName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, "must be letters, digits, dots and dashes, at most 63 of them");

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
  /** Where it listens for what programs say as to syslog. */
  syslog: z.strictObject({ address: z.string().max(45), port: z.int().min(1_024).max(65_535) }).exactOptional(),
  /** What of systemd's journal it reads, as journalctl(1) takes it; without any, nothing. */
  journal: z.array(z.string().regex(/^(\+|[A-Z_]+=[^\0]+)$/, "must be a field and a value: _COMM=sshd")),
  maxRetry: z.int().min(1).max(1_000),
  findTime: milliseconds,
  banTime: milliseconds,
  growth: z.number().min(1).max(100),
  longest: milliseconds,
  /** Ports that are closed to whoever is banned; without any, all of them. */
  ports: z.array(z.int().min(1).max(65_535)),
  /** Whoever is banned is refused by the servers of sites, and not by the packet filter. */
  byServer: z.boolean().default(false),
  /** Addresses and networks that are never banned. */
  allow: z.array(z.string().refine((text) => parseNetwork(text) !== undefined, "must be an address or a network")),
  /** Names whose addresses are never banned, whatever they are at the time. */
  allowNames: z.array(z.string().max(253)).default([]),
  /** Crawlers of search engines, which can be told by their names, are not banned. */
  searchEngines: z.boolean().default(false),
  /** A ban holds on all hosts of the estate that have this jail and say so, too. */
  everywhere: z.boolean().default(false),
  /** Bans; otherwise only tells whom it would have banned. */
  active: z.boolean(),
});

export type JailConfig = z.infer<typeof jailConfigSchema>;
