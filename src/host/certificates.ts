import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { endOfCertificate, nearness, type Validity } from "../model/certificate.ts";

/** What is to be said of a certificate and its key. */
export interface KeyPairSeen {
  /** They do not fit, or are good for nothing. */
  readonly problem?: string;
  /** They are good, for now. */
  readonly note?: string;
}

/**
 * Looks at a certificate and its key. Apache's checker does not look, and Apache ends on reload when they do not fit. The
 * files are the operator's: links are followed (Let's Encrypt keeps links).
 */
export function lookAtKeyPair(certificate: string, key: string, now: number): KeyPairSeen {
  let parsed: X509Certificate;
  try {
    parsed = new X509Certificate(readFileSync(certificate));
  } catch (error) {
    return {
      problem: unreadable(error)
        ? `the certificate ${certificate} cannot be read: ${(error as Error).message}`
        : `${certificate} holds no certificate in PEM form`,
    };
  }
  const validity = validityOf(parsed);
  const end = `the certificate ${certificate} ${endOfCertificate(validity, now)}`;
  const near = nearness(validity, now);
  if (near === 3) return { problem: end };
  const seen = near > 0 ? { note: end } : {};
  try {
    if (!parsed.checkPrivateKey(createPrivateKey(readFileSync(key))))
      return { problem: `the key ${key} does not belong to the certificate ${certificate}` };
  } catch (error) {
    // Whoever plans without root may not read the key; the apply will.
    if ((error as NodeJS.ErrnoException).code === "EACCES") return seen;
    return {
      problem: unreadable(error)
        ? `the key ${key} cannot be read: ${(error as Error).message}`
        : `${key} holds no private key in PEM form without a passphrase`,
    };
  }
  return seen;
}

const validityOf = ({ validFrom, validTo }: X509Certificate): Validity => ({
  begins: Date.parse(validFrom),
  ends: Date.parse(validTo),
});

/** From when until when the certificate in a file is good; `undefined` if there is none. Links are followed. */
export function certificateIn(path: string): Validity | undefined {
  try {
    return validityOf(new X509Certificate(readFileSync(path)));
  } catch {
    return undefined;
  }
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
