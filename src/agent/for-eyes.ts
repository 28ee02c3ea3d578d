import { poolDirectory } from "../model/pool.ts";
import { isForReader } from "../model/watched.ts";

/**
 * Of what is stated, what those who look need, and nothing more: they read what strangers write. Not which keys are
 * revoked, nor how people and name servers are told.
 */
export const forEyes = (files: ReadonlyMap<string, string>): ReadonlyMap<string, string> =>
  new Map(
    [...files].flatMap(([file, text]) => (isForReader(file) ? [[file, withoutPublishing(file, text)] as const] : [])),
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
