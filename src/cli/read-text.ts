import { readFileSync, statSync } from "node:fs";

/** The text of a file; `undefined` if there is no such file. */
export const readText = (path: string): string | undefined =>
  statSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path, "utf8") : undefined;
