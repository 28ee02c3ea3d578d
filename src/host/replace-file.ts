import type { Files, Ids } from "./files.ts";

/** Whoever reads the file finds all of it, or what was there before; also after a power failure. */
export function replaceFile(files: Files, path: string, content: string, ids: Ids): void {
  const beside = `${path}.new`;
  files.remove(beside);
  files.create(beside, content, ids);
  files.flush(beside);
  files.rename(beside, path);
}
