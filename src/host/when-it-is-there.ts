import { existsSync, mkdirSync, watch } from "node:fs";
import { basename, dirname } from "node:path";

/** Until a file is there, or it is over. */
export function whenItIsThere(path: string, over: AbortSignal): Promise<void> {
  if (over.aborted) return Promise.resolve();
  mkdirSync(dirname(path), { recursive: true });
  return new Promise((resolve) => {
    const watcher = watch(dirname(path), (_, name) => name === basename(path) && look());
    const done = () => {
      watcher.close();
      over.removeEventListener("abort", done);
      resolve();
    };
    const look = () => existsSync(path) && done();
    over.addEventListener("abort", done);
    look();
  });
}
