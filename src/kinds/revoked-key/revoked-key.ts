import { z } from "zod";
import { revocationNeed, whyNoKeys } from "../../daemons/openssh.ts";
import { systemFile } from "../../daemons/system-items.ts";
import { watchNeed } from "../../daemons/watches.ts";
import { revokedKeysDirectory } from "../../model/key.ts";
import { kind } from "../../model/kind.ts";

/** The fingerprint as a name: the same bytes in hexadecimal, since base64 has slashes in it. */
export const nameOfFingerprint = (fingerprint: string): string =>
  Buffer.from(fingerprint.slice("SHA256:".length), "base64").toString("hex");

export const fingerprintOfName = (name: string): string =>
  `SHA256:${Buffer.from(name, "hex").toString("base64").replace(/=+$/, "")}`;

export const revokedKeySpec = z.strictObject({
  reason: z
    .string()
    .max(200)
    .regex(/^[^\p{Cc}]*$/u, "must be one line")
    .default("")
    .describe("Why, for whoever asks later."),
});

export type RevokedKeySpec = z.output<typeof revokedKeySpec>;

/** An SSH key that lets nobody in any longer, whatever stands in whosever authorized_keys. */
export const revokedKeyKind = kind<RevokedKeySpec>({
  name: "RevokedKey",
  summary: "An SSH key that sshd takes from nobody; its name is the key's fingerprint.",
  scope: "operator",
  spec: revokedKeySpec,
  normaliseName(name) {
    if (/^[0-9a-f]{64}$/.test(name)) return { name };
    if (/^SHA256:[A-Za-z0-9+/]{43}=?$/.test(name)) return { name: nameOfFingerprint(name) };
    return { problem: `${JSON.stringify(name)} is no fingerprint; \`ssh-keygen -lf KEY.pub\` prints it: SHA256:...` };
  },
  check: () => [],
  claims: () => [],
  render({ name, spec: { reason } }, facts) {
    const refused = whyNoKeys(facts);
    if (refused !== undefined) return { items: [], needs: [], probes: [], refused };
    const content = { fingerprint: fingerprintOfName(name), reason };
    return {
      items: [systemFile(`${revokedKeysDirectory}/${name}.json`, `${JSON.stringify(content, undefined, 2)}\n`)],
      needs: [watchNeed, revocationNeed],
      probes: [],
    };
  },
});
