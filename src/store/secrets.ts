import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { hasSealed, isSealed, type Sealed } from "../model/sealed.ts";

/*
 * Secrets of records, encrypted where they are kept, with a key that is not kept with them. AES-256-GCM; each is bound to
 * its resource and field, so that none can be put elsewhere. The nonce follows from what is sealed (as in SIV, RFC 5297),
 * so that the same secret looks the same and a record that has not changed is known to be the same.
 */

export interface Secrets {
  /** The spec with these fields sealed. */
  seal(ref: string, spec: unknown, fields: readonly string[]): unknown;
  /** The spec with everything that is sealed with this key opened. Throws if something has been tampered with. */
  open(ref: string, spec: unknown): unknown;
}

const keyLength = 32;
const [nonceLength, tagLength] = [12, 16];
const mark = "e:";

export function openSecrets(key: Buffer): Secrets {
  if (key.length !== keyLength) throw new Error("the key of the estate's secrets is damaged");
  const about = (ref: string, field: string) => Buffer.from(`${ref}\0${field}`);
  const sealOne = (ref: string, field: string, value: unknown): Sealed => {
    const text = JSON.stringify(value);
    const nonce = createHmac("sha256", key).update(about(ref, field)).update("\0").update(text).digest();
    const cipher = createCipheriv("aes-256-gcm", key, nonce.subarray(0, nonceLength)).setAAD(about(ref, field));
    const parts = [nonce.subarray(0, nonceLength), cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()];
    return { $sealed: mark + Buffer.concat(parts).toString("base64") };
  };
  const openOne = (ref: string, field: string, { $sealed: text }: Sealed): unknown => {
    const bytes = Buffer.from(text.slice(mark.length), "base64");
    try {
      const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, nonceLength)).setAAD(about(ref, field));
      decipher.setAuthTag(bytes.subarray(-tagLength));
      const opened = [decipher.update(bytes.subarray(nonceLength, -tagLength)), decipher.final()];
      return JSON.parse(Buffer.concat(opened).toString("utf8"));
    } catch {
      throw new Error(
        `${ref}: ${field} cannot be opened: it was sealed with another key, for another record, or altered`,
      );
    }
  };
  const mapped = (spec: unknown, change: (field: string, value: unknown) => unknown): unknown =>
    typeof spec === "object" && spec !== null
      ? Object.fromEntries(Object.entries(spec).map(([field, value]) => [field, change(field, value)]))
      : spec;
  return {
    seal: (ref, spec, fields) =>
      fields.length === 0
        ? spec
        : mapped(spec, (field, value) =>
            fields.includes(field) && value !== undefined && !isSealed(value) ? sealOne(ref, field, value) : value,
          ),
    open: (ref, spec) =>
      hasSealed(spec)
        ? mapped(spec, (field, value) =>
            isSealed(value) && value.$sealed.startsWith(mark) ? openOne(ref, field, value) : value,
          )
        : spec,
  };
}

/** The key in a file, which is made if it is not there. */
export function secretsIn(path: string): Secrets {
  if (!existsSync(path)) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, `${randomBytes(keyLength).toString("hex")}\n`, { mode: 0o600, flag: "wx" });
  }
  return openSecrets(Buffer.from(readFileSync(path, "utf8").trim(), "hex"));
}

/** For records that nobody keeps. */
export const fleetingSecrets = (): Secrets => openSecrets(randomBytes(keyLength));
