import { lstatSync, readdirSync, watch } from "node:fs";
import { join } from "node:path";
import { rhythm } from "./pace.ts";

/** Milliseconds between two looks at a directory of which the kernel does not tell us. */
const lookEvery = rhythm(1_000);

/** So many looks later the kernel is asked again: what others had of it they may have given back. */
const looksUntilAsked = 60;

/** The kernel has no more to give: fs.inotify.max_user_instances, max_user_watches (inotify(7)). */
const isExhausted = (error: unknown) => ["EMFILE", "ENFILE", "ENOSPC"].includes((error as NodeJS.ErrnoException).code!);

/**
 * Hears of each name that comes, goes or changes in a directory, until it is told to stop. By inotify; where other programs
 * have used up what there is of that, by looking. Throws where there is no such directory.
 */
export function watchDirectory(
  directory: string,
  hear: (name: string) => void,
  {
    trouble = () => {},
    listen = watch,
  }: { readonly trouble?: (error: Error) => void; readonly listen?: typeof watch } = {},
): () => void {
  let stop = () => {};
  const ask = (): boolean => {
    try {
      const watcher = listen(directory, (_, name) => name !== null && hear(name));
      watcher.on("error", (error) => {
        watcher.close();
        trouble(error);
      });
      stop = () => watcher.close();
      return true;
    } catch (error) {
      if (!isExhausted(error)) throw error;
      return false;
    }
  };
  if (ask()) return () => stop();
  let looks = 0;
  let former = glance(directory);
  const looking = setInterval(() => {
    const isAsked = ++looks % looksUntilAsked === 0 && hasAnswered(ask, trouble);
    if (isAsked) clearInterval(looking);
    // Also once after the kernel has begun to tell: of what came in between it does not.
    const found = glance(directory);
    for (const name of new Set([...former.keys(), ...found.keys()]))
      if (former.get(name) !== found.get(name)) hear(name);
    former = found;
  }, lookEvery);
  stop = () => clearInterval(looking);
  return () => stop();
}

function hasAnswered(ask: () => boolean, trouble: (error: Error) => void): boolean {
  try {
    return ask();
  } catch (error) {
    trouble(error as Error);
    return false;
  }
}

/** What is in a directory, each with what changes when it does. One that is gone has nothing in it. */
function glance(directory: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let names: readonly string[];
  try {
    names = readdirSync(directory);
  } catch {
    return found;
  }
  for (const name of names) {
    const stat = lstatSync(join(directory, name), { throwIfNoEntry: false });
    if (stat) found.set(name, `${stat.ino} ${stat.size} ${stat.mtimeMs} ${stat.ctimeMs}`);
  }
  return found;
}
