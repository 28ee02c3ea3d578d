import { hash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readdirSync, readlinkSync, readSync } from "node:fs";
import { dirname } from "node:path";
import { gunzipSync } from "node:zlib";

/** How a file begins, so far as that has been read. */
export interface Head {
  readonly length: number;
  readonly digest: string;
}

/**
 * A regular file, really in this directory, and nothing that only looks like one: whoever may write to the directory, or
 * to one above it, may not lead us elsewhere.
 */
export function openFile(path: string, directory: string): number | undefined {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  // What has been opened is asked where it is: names may have changed in between.
  const isThere = dirname(readlinkSync(`/proc/self/fd/${descriptor}`)) === directory;
  if (isThere && fstatSync(descriptor).isFile()) return descriptor;
  const isDirectory = fstatSync(descriptor).isDirectory();
  closeSync(descriptor);
  if (isDirectory) return undefined;
  throw new Error("it is no regular file, and is not read");
}

export const beginsAlike = ({ head }: { readonly head: Head }, descriptor: number): boolean =>
  head.length === 0 || headOf(descriptor, head.length).digest === head.digest;

export function headOf(descriptor: number, length: number): Head {
  const buffer = Buffer.alloc(length);
  const count = readSync(descriptor, buffer, 0, length, 0);
  return { length: count, digest: digestOf(buffer.subarray(0, count)) };
}

export const digestOf = (bytes: Buffer): string => hash("sha256", bytes);

/** All of a file that has at least so many bytes, unpacked. */
export function contentOf(open: () => number | undefined, isPacked: boolean, atLeast: number): Buffer | undefined {
  const descriptor = open();
  if (descriptor === undefined) return undefined;
  try {
    const { size } = fstatSync(descriptor);
    if (!isPacked && size < atLeast) return undefined;
    const buffer = Buffer.alloc(size);
    readSync(descriptor, buffer, 0, size, 0);
    return isPacked ? gunzipSync(buffer, { maxOutputLength: 1 << 30 }) : buffer;
  } finally {
    closeSync(descriptor);
  }
}

export const list = (directory: string): string[] => {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
};

/** Whether a name or a path is one that a pattern means: `*`, `?` and `[0-9]` as the shell has them, none of them for `/`. */
export function nameMatcher(pattern: string): RegExp {
  const source = pattern.replaceAll(/\[[^\]/\\]+\]|[\\^$.|+()[\]{}*?]/g, (part) =>
    part === "*" ? "[^/]*" : part === "?" ? "[^/]" : part.length > 1 ? part.replace(/^\[[!^]/, "[^/") : `\\${part}`,
  );
  return new RegExp(`^${source}$`, "s");
}
