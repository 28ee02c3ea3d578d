import { generateKeyPairSync, hash } from "node:crypto";

/** A pair of keys as ssh(1) reads them. */
export interface SshKey {
  readonly secret: string;
  /** A line of authorized_keys. */
  readonly line: string;
  /** `SHA256:...` */
  readonly fingerprint: string;
}

const type = "ecdsa-sha2-nistp256";

export function makeSshKey(comment: string): SshKey {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { x = "", y = "" } = publicKey.export({ format: "jwk" });
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
  const blob = Buffer.concat([type, "nistp256", point].map((part) => sized(Buffer.from(part))));
  return {
    secret: privateKey.export({ format: "pem", type: "sec1" }).toString(),
    line: `${type} ${blob.toString("base64")} ${comment}\n`,
    fingerprint: `SHA256:${hash("sha256", blob, "base64").replace(/=+$/, "")}`,
  };
}

/** RFC 4251, 5: a string with its length before it. */
function sized(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
