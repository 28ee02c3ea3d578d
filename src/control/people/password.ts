import { argon2, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { isSameText } from "./same-text.ts";

const derive = promisify(argon2);

/** As OWASP's cheat sheet has it: 19 MiB, two passes; about 40 ms. What is kept says its own (RFC 9106). */
const [memory, passes, parallelism, tagLength] = [19_456, 2, 1, 32];

/** `$argon2id$v=19$m=19456,t=2,p=1$salt$digest` */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16);
  const digest = await derive("argon2id", {
    message: password.normalize(),
    nonce,
    memory,
    passes,
    parallelism,
    tagLength,
  });
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${plain(nonce)}$${plain(digest)}`;
}

/** Takes as long whether there is one to compare with or not. */
export async function isPassword(password: string, kept: string | undefined): Promise<boolean> {
  const [, m, t, p, salt, digest] =
    /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(kept ?? nobodys) ?? [];
  if (salt === undefined || digest === undefined) throw new Error("a password is kept in a way that is not understood");
  const found = await derive("argon2id", {
    message: password.normalize(),
    nonce: Buffer.from(salt, "base64"),
    memory: Number(m),
    passes: Number(t),
    parallelism: Number(p),
    tagLength: Buffer.from(digest, "base64").length,
  });
  return isSameText(plain(found), digest) && kept !== undefined;
}

const plain = (bytes: Buffer): string => bytes.toString("base64").replace(/=+$/, "");

/** Of a password that nobody has. */
const nobodys = `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${plain(randomBytes(16))}$${plain(randomBytes(32))}`;
