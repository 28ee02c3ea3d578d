import { randomBytes } from "node:crypto";
import { Secret, TOTP } from "otpauth";

/** Codes that an app shows (RFC 6238): six digits, half a minute each, as every app can. */
const period = 30;

const generator = (secret: string, label = ""): TOTP =>
  new TOTP({ issuer: "Upkeep", label, algorithm: "SHA1", digits: 6, period, secret: Secret.fromBase32(secret) });

export const newSecret = (): string => new Secret({ size: 20 }).base32;

/** What an app reads, often as a QR code. */
export const secretAddress = (secret: string, email: string): string => generator(secret, email).toString();

/** The time step of a code that is good now, or was a moment ago; each is to be taken once. */
export function stepOf(secret: string, code: string, now: number): number | undefined {
  const delta = generator(secret).validate({ token: code.replaceAll(" ", ""), timestamp: now, window: 1 });
  return delta === null ? undefined : Math.floor(now / 1000 / period) + delta;
}

/** For the day on which the app is gone: ten codes, each good once. `k3m9q-x7w2p-...` without letters that look alike. */
export const newRecoveryCodes = (): string[] =>
  Array.from({ length: 10 }, () =>
    [...randomBytes(16)]
      .map((byte) => alphabet[byte % alphabet.length])
      .join("")
      .replace(/(.{4})(?=.)/g, "$1-"),
  );

/** 32 characters: each holds five bits. */
const alphabet = "abcdefghijkmnpqrstuvwxyz23456789";

/** As it was typed, as it was shown. */
export const asRecoveryCode = (typed: string): string =>
  typed
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "")
    .replace(/(.{4})(?=.)/g, "$1-");
