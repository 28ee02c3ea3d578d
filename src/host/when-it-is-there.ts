import { existsSync, mkdirSync } from "node:fs";
import { basename, dirname } from "node:path";
import { watchDirectory } from "./watch-directory.ts";

/** Until a file is there, or it is over. */
export function whenItIsThere(path: string, over: AbortSignal): Promise<void> {
  if (over.aborted) return Promise.resolve();
  mkdirSync(dirname(path), { recursive: true });
  return new Promise((resolve) => {
    const stop = watchDirectory(dirname(path), (name) => name === basename(path) && look());
    const done = () => {
      stop();
      over.removeEventListener("abort", done);
      resolve();
    };
    const look = () => existsSync(path) && done();
    over.addEventListener("abort", done);
    look();
  });
}
