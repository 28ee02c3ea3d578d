import { hash } from "node:crypto";
import { z } from "zod";
import { parseAddress } from "./address.ts";
import { foreignText } from "./foreign-text.ts";
import { moment } from "./moment.ts";

/*
 * SSH keys, as sshd(8) speaks of them.
 */

/** As ssh-keygen(1) prints it: the SHA-256 of the public key, in base64 without its end. */
export const fingerprint = z
  .string()
  .regex(/^SHA256:[A-Za-z0-9+/]{43}$/, "must be a fingerprint, as `ssh-keygen -lf` prints it: SHA256:...");

export const fingerprintOf = (blob: Buffer): string => `SHA256:${hash("sha256", blob, "base64").replace(/=+$/, "")}`;

/** Where what watches are to do with keys is stated on a host, a file each, and which keys are revoked. */
export const keyWatchDirectory = "/etc/upkeep/keys";
export const revokedKeysDirectory = "/etc/upkeep/revoked-keys";

/** What sshd looks at: the keys that it takes from nobody (KRL, see ssh-keygen(1)). */
export const revocationDirectory = "/var/lib/upkeep-keys";
export const revocationList = `${revocationDirectory}/revoked`;

/**
 * What came of a key that somebody offered.
 *
 * - `accepted`: it let them in.
 * - `offered`: it would have, and they did not go on. Who collects public keys tries out like this where they are good.
 * - `forbidden`: it is right, but not from this address (`from=`, or a certificate's `source-address`).
 * - `revoked`: it was good once.
 * - `expired`: a certificate, before or after its time.
 * - `refused`: right, but not like this; `reason` says why.
 * - `unknown`: nobody's here.
 */
export const outcomes = ["accepted", "offered", "forbidden", "revoked", "expired", "refused", "unknown"] as const;
export type Outcome = (typeof outcomes)[number];

/** One key that somebody offered to sshd. */
export const attemptSchema = z.strictObject({
  /** Milliseconds since 1970. */
  at: moment,
  user: foreignText(256),
  address: z
    .string()
    .max(45)
    .refine((text) => parseAddress(text) !== undefined),
  /** `ED25519`, `RSA-CERT` ... */
  type: z.string().regex(/^[A-Z0-9-]{1,40}$/),
  fingerprint,
  outcome: z.enum(outcomes),
  /** The server's words. */
  reason: foreignText(500).exactOptional(),
  /** Of a certificate. */
  certificate: z
    .strictObject({ id: foreignText(300), serial: foreignText(40), authority: fingerprint })
    .exactOptional(),
  /** Where it is allowed: `/home/alice/.ssh/authorized_keys:2`. */
  found: foreignText(1_100).exactOptional(),
  comment: foreignText(300).exactOptional(),
});

export type Attempt = z.output<typeof attemptSchema>;

/** What a host is to do about keys. */
export const keyWatchConfigSchema = z.strictObject({
  name: z.string().max(63),
  /** What of systemd's journal sshd's words are, as journalctl(1) takes it; without any, they are in `logs`. */
  journal: z.array(z.string()),
  logs: z.array(z.string().startsWith("/")),
  /** A right key from a forbidden address. */
  forbidden: z.enum(["tell", "revoke"]),
  /** Whose a key is, by its fingerprint. */
  owners: z.record(z.string(), z.string()),
});

export type KeyWatchConfig = z.output<typeof keyWatchConfigSchema>;

export const revokedKeySchema = z.strictObject({ fingerprint, reason: z.string().max(500) });
