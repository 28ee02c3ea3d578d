import { z } from "zod";
import { moment } from "./moment.ts";

/*
 * How many messages a day accounts may give to this host's mail server: what the kind renders, what is counted, and where
 * it is said who may give it no more.
 */

/** Where limits are stated on a host, a file each. */
export const mailLimitDirectory = "/etc/upkeep/mail";

/** What mail servers look at: accounts, one a line, from which they take nothing more today. */
export const stoppedDirectory = "/var/lib/upkeep-mail";
export const stoppedAccounts = `${stoppedDirectory}/stopped`;

/** The mail servers that Upkeep knows: which speaks how in which log. */
export const mailServers = ["exim", "postfix"] as const;
export type MailServer = (typeof mailServers)[number];

/** The name of an account, as useradd(8) takes it. */
export const accountName = z
  .string()
  .max(32)
  .regex(/^[a-z_][a-z0-9_-]*$/, "must be an account name: lower-case letters, digits, dashes, underscores");

const limitName = z.string().max(100);

/** What a host is to count. */
export const mailLimitConfigSchema = z.strictObject({
  name: limitName,
  server: z.enum(mailServers),
  /** What of systemd's journal the server's words are, as journalctl(1) takes it; without any, they are in `logs`. */
  journal: z.array(z.string()),
  logs: z.array(z.string().startsWith("/")),
  /** They share it. */
  accounts: z.array(accountName),
  /** Messages, from midnight to midnight (UTC). */
  perDay: z.int().min(0),
});

export type MailLimitConfig = z.output<typeof mailLimitConfigSchema>;

/** Messages that the mail server has taken from the accounts of a limit, one or more of them. */
export const sentSchema = z.strictObject({
  limit: limitName,
  /** Milliseconds since 1970, of the first. */
  at: moment,
  count: z.int().min(1).max(1_000_000),
});

export type Sent = z.output<typeof sentSchema>;

/** How far another host's mail server has used a limit. */
export const mailShareSchema = z.strictObject({
  limit: limitName,
  day: z.string().regex(/^\d{4}-\d\d-\d\d$/),
  sent: z.int().min(0),
});

export type MailShare = z.output<typeof mailShareSchema>;

/** `2026-11-23`, the day of a moment (UTC). */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

const day = 86_400_000;

/** When that day began, and when it is over. Milliseconds since 1970. */
export const startOfDay = (at: number): number => Math.floor(at / day) * day;
export const endOfDay = (at: number): number => startOfDay(at) + day;

/** How far a limit is used on one host. */
export const mailUseSchema = z.object({
  day: z.string().regex(/^\d{4}-\d\d-\d\d$/),
  sent: z.int().min(0),
});

export type MailUse = z.output<typeof mailUseSchema>;
