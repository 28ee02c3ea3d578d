import { closeSync, fstatSync, lstatSync, readSync, realpathSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { list, nameMatcher, openFile } from "./log-file.ts";

/** So much of one file is read at a time; of more, the rest is taken to be like that. Bytes. */
const most = 8 << 20;

/** What was seen of a file when it was looked at last. */
interface Seen {
  readonly inode: number;
  readonly size: number;
}

/**
 * Counts the lines that come to logs: each call tells how many have come since the call before, the first call none. Costs
 * a look at each file, and reading what has come. `patterns`: paths, in which any part may have stars.
 */
export function openLineCounter(patterns: readonly string[]): () => number {
  let seen: ReadonlyMap<string, Seen> | undefined;
  // Made when there is something to read.
  let buffer: Buffer | undefined;
  return () => {
    const now = new Map<string, Seen>();
    let lines = 0;
    for (const pattern of patterns)
      for (const path of filesOf(pattern)) {
        const stat = lstatSync(path, { throwIfNoEntry: false });
        if (!stat?.isFile()) continue;
        const { ino: inode, size } = stat;
        now.set(path, { inode, size });
        const former = seen?.get(path);
        const from = former?.inode === inode && former.size <= size ? former.size : 0;
        if (seen && size > from) {
          buffer ??= Buffer.allocUnsafe(1 << 16);
          lines += linesIn(path, pattern, from, buffer);
        }
      }
    seen = now;
    return lines;
  };
}

function linesIn(path: string, pattern: string, from: number, buffer: Buffer): number {
  const directory = dirname(path);
  // What an operator wrote may lead over links; what a star stands for, which is others' to make, may not.
  const fixed = /^(?:\/[^/*?[]+(?=\/))*/.exec(pattern)![0] || "/";
  let descriptor: number | undefined;
  try {
    descriptor = openFile(path, join(realpathSync(fixed), relative(fixed, directory)));
    if (descriptor === undefined) return 0;
    const size = fstatSync(descriptor).size - from;
    const end = from + Math.min(size, most);
    let lines = 0;
    for (let at = from; at < end; ) {
      const count = readSync(descriptor, buffer, 0, Math.min(buffer.length, end - at), at);
      if (count === 0) break;
      for (let index = buffer.indexOf(10); index >= 0 && index < count; index = buffer.indexOf(10, index + 1)) lines++;
      at += count;
    }
    return size > most ? Math.round((lines * size) / most) : lines;
  } catch {
    // It has gone, or is none.
    return 0;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function filesOf(pattern: string): string[] {
  const [, ...parts] = dirname(pattern).split("/");
  let directories = ["/"];
  for (const part of parts)
    directories = directories.flatMap((directory) =>
      /[*?[]/.test(part) ? namesIn(directory, part) : [join(directory, part)],
    );
  return directories.flatMap((directory) => namesIn(directory, basename(pattern)));
}

function namesIn(directory: string, pattern: string): string[] {
  const fits = nameMatcher(pattern);
  return list(directory)
    .filter((name) => fits.test(name))
    .map((name) => join(directory, name));
}
