import { argon2, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { isSameText } from "./same-text.ts";

/** How people's passwords are kept, and compared with what somebody types. */
export interface Passwords {
  /** `$argon2id$v=19$m=19456,t=2,p=1$salt$digest` */
  hash(password: string): Promise<string>;
  /** Does the same work whether there is one to compare with or not, so that its time tells nothing. */
  isRight(password: string, kept: string | undefined): Promise<boolean>;
}

/** What one derivation costs whoever guesses passwords, and us. */
export interface DerivationCost {
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

/** Makes a key out of a password (Argon2id, RFC 9106). */
export type DeriveKey = (
  algorithm: "argon2id",
  parameters: DerivationCost & { readonly message: string; readonly nonce: Buffer; readonly tagLength: number },
) => Promise<Buffer>;

/** As OWASP's cheat sheet has it: 19 MiB, two passes; about 40 ms. */
export const recommendedCost: DerivationCost = { memory: 19_456, passes: 2, parallelism: 1 };

/** A password that was kept at another cost is compared at that: what is kept says its own. */
export function keepPasswords(
  { memory, passes, parallelism }: DerivationCost = recommendedCost,
  derive: DeriveKey = promisify(argon2),
): Passwords {
  const written = (nonce: Buffer, digest: Buffer) =>
    `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${plain(nonce)}$${plain(digest)}`;
  /** Of a password that nobody has. */
  const nobodys = written(randomBytes(16), randomBytes(tagLength));
  return {
    async hash(password) {
      const nonce = randomBytes(16);
      const message = password.normalize();
      return written(nonce, await derive("argon2id", { message, nonce, memory, passes, parallelism, tagLength }));
    },
    async isRight(password, kept) {
      const [, m, t, p, salt, digest] =
        /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(kept ?? nobodys) ?? [];
      if (salt === undefined || digest === undefined)
        throw new Error("a password is kept in a way that is not understood");
      const found = await derive("argon2id", {
        message: password.normalize(),
        nonce: Buffer.from(salt, "base64"),
        memory: Number(m),
        passes: Number(t),
        parallelism: Number(p),
        tagLength: Buffer.from(digest, "base64").length,
      });
      return isSameText(plain(found), digest) && kept !== undefined;
    },
  };
}

/** Bytes. */
const tagLength = 32;

const plain = (bytes: Buffer): string => bytes.toString("base64").replace(/=+$/, "");
