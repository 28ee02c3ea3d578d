import { existsSync, mkdirSync, watch } from "node:fs";
import { basename, dirname } from "node:path";

/** Milliseconds between two looks at what is there and yet of no use, such as the socket of one who has been killed. */
const patience = 1_000;

/** Until a file is made, or it is over. */
export function whenItComes(path: string, over: AbortSignal): Promise<void> {
  if (over.aborted) return Promise.resolve();
  mkdirSync(dirname(path), { recursive: true });
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const done = () => {
      clearTimeout(timer);
      watcher.close();
      resolve();
    };
    const watcher = watch(dirname(path), (_, name) => name === basename(path) && existsSync(path) && done());
    over.addEventListener("abort", done, { once: true });
    if (existsSync(path)) timer = setTimeout(done, patience);
  });
}
