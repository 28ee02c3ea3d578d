import { nameOfFingerprint } from "../kinds/revoked-key/revoked-key.ts";
import type { ResourceRef } from "../model/resource.ts";
import { readAuthorizedKeys } from "../watches/keys/authorized-keys.ts";
import type { Intention } from "./changes.ts";
import type { Upkeep } from "./upkeep.ts";

export const revokedKeyRef = (fingerprint: string): ResourceRef => `RevokedKey/${nameOfFingerprint(fingerprint)}`;

/** The record that revokes a key. */
export const revokedKey = (fingerprint: string, reason: string) => ({
  kind: "RevokedKey",
  name: nameOfFingerprint(fingerprint),
  spec: reason === "" ? {} : { reason },
});

/** To have this machine take a key from nobody. */
export async function intendRevocation(
  { records }: Pick<Upkeep, "records">,
  fingerprint: string,
  reason: string,
): Promise<Intention> {
  const ref = revokedKeyRef(fingerprint);
  const resource = revokedKey(fingerprint, reason);
  const former = await records.get(ref);
  const target = { ref, resource: { ...resource, spec: { reason } }, revision: (former?.revision ?? 0) + 1 };
  return { writes: [{ ref, resource, source: former?.source ?? "", claims: [] }], targets: [target] };
}

/** A key that lets somebody in on this machine. */
export interface Allowed {
  readonly user: string;
  readonly fingerprint: string;
  readonly type: string;
  readonly options: string;
  readonly comment: string;
  /** `/home/alice/.ssh/authorized_keys:2` */
  readonly found: string;
}

/** Keys in the usual files of all accounts. Files and directories that are links belong to somebody's tricks, not to sshd. */
export function allowedKeys({ look, host: { files } }: Pick<Upkeep, "look" | "host">): Allowed[] {
  return [...look().accounts].flatMap(([user, { home }]) => {
    const directory = `${home}/.ssh`;
    const path = `${directory}/authorized_keys`;
    if (files.stat(directory)?.type !== "directory" || files.stat(path)?.type !== "file") return [];
    return readAuthorizedKeys(files.read(path) ?? "").map(({ line, ...key }) => ({
      user,
      ...key,
      found: `${path}:${line}`,
    }));
  });
}
