import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";

/**
 * What is wrong with a certificate and its key; `undefined` if they fit. Apache's checker does not look, and Apache
 * ends on reload when they do not. The files are the operator's: links are followed (Let's Encrypt keeps links).
 */
export function keyPairProblem(certificate: string, key: string, now: number): string | undefined {
  let parsed: X509Certificate;
  try {
    parsed = new X509Certificate(readFileSync(certificate));
  } catch (error) {
    return unreadable(error)
      ? `the certificate ${certificate} cannot be read: ${(error as Error).message}`
      : `${certificate} holds no certificate in PEM form`;
  }
  if (Date.parse(parsed.validTo) < now) return `the certificate ${certificate} ended on ${parsed.validTo}`;
  try {
    if (!parsed.checkPrivateKey(createPrivateKey(readFileSync(key))))
      return `the key ${key} does not belong to the certificate ${certificate}`;
  } catch (error) {
    // Whoever plans without root may not read the key; the apply will.
    if ((error as NodeJS.ErrnoException).code === "EACCES") return undefined;
    return unreadable(error)
      ? `the key ${key} cannot be read: ${(error as Error).message}`
      : `${key} holds no private key in PEM form without a passphrase`;
  }
  return undefined;
}

/** The operator's own file; Let's Encrypt keeps links. Nothing: there is none. */
export function readFollowing(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

const unreadable = (error: unknown): boolean => typeof (error as NodeJS.ErrnoException).syscall === "string";
