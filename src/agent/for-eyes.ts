import { revokedKeysDirectory } from "../model/key.ts";
import { poolDirectory } from "../model/pool.ts";

/** Of what is stated, what those who look need: not which keys are revoked, nor how a name server is told. */
export const forEyes = (files: ReadonlyMap<string, string>): ReadonlyMap<string, string> =>
  new Map(
    [...files].flatMap(([file, text]) =>
      file.startsWith(`${revokedKeysDirectory}/`) ? [] : [[file, withoutPublishing(file, text)] as const],
    ),
  );

function withoutPublishing(file: string, text: string): string {
  if (!file.startsWith(`${poolDirectory}/`)) return text;
  try {
    const { publish: _, ...rest } = JSON.parse(text) as Record<string, unknown>;
    return JSON.stringify(rest);
  } catch {
    // They will say so.
    return text;
  }
}
