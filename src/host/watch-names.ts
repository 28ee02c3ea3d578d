import { watch } from "node:fs";

/** Hears of each name that comes or goes in a directory, until it is told to stop or the directory goes. */
export function watchNames(directory: string, hear: () => void): () => void {
  try {
    const watcher = watch(directory, hear).on("error", () => watcher.close());
    return () => watcher.close();
  } catch {
    return () => {};
  }
}
