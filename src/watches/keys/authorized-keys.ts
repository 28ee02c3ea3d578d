import { fingerprintOf } from "../../model/key.ts";

/** A key that lets somebody in, as a line of authorized_keys says it (sshd(8), "AUTHORIZED_KEYS FILE FORMAT"). */
export interface AuthorizedKey {
  /** Of the file, from 1. */
  readonly line: number;
  readonly fingerprint: string;
  readonly type: string;
  readonly options: string;
  readonly comment: string;
}

const type = "(?:ssh-[a-z0-9@.-]+|ecdsa-sha2-[a-z0-9@.-]+|sk-[a-z0-9@.-]+)";
/** Options have no spaces but in quotes, in which a quote is written with a backslash. */
export const keyLine = new RegExp(
  `^(?:(?<options>(?:[^\\s"]|"(?:[^"\\\\]|\\\\.)*")+)[ \\t]+)?(?<type>${type})[ \\t]+(?<blob>[A-Za-z0-9+/]+={0,2})(?:[ \\t]+(?<comment>.*))?$`,
);

/** Longer lines are none of sshd's either. */
const longest = 16_384;

export function readAuthorizedKeys(text: string): AuthorizedKey[] {
  return text.split("\n").flatMap((written, index) => {
    const trimmed = written.trim();
    if (trimmed === "" || trimmed.startsWith("#") || trimmed.length > longest) return [];
    const found = keyLine.exec(trimmed)?.groups;
    if (!found) return [];
    const { options = "", type = "", blob = "", comment = "" } = found;
    return [{ line: index + 1, fingerprint: fingerprintOf(Buffer.from(blob, "base64")), type, options, comment }];
  });
}
