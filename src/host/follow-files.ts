import { closeSync, fstatSync, lstatSync, readSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { beginsAlike, contentOf, digestOf, type Head, headOf, list, nameMatcher, openFile } from "./log-file.ts";
import { watchDirectory } from "./watch-directory.ts";

/** How far a file has been read. Its first bytes tell it from another that has got its inode. */
export interface Position {
  readonly path: string;
  readonly inode: number;
  readonly offset: number;
  readonly head: Head;
}

/** What came to a file, and how far that brings us. */
export interface Piece {
  /** The name by which the file was asked for, whatever it is called since. */
  readonly path: string;
  readonly bytes: Buffer;
  readonly position: Position;
}

export interface FollowOptions {
  /** Names of files; the last part may have stars. */
  readonly patterns: readonly string[];
  readonly positions: readonly Position[];
  readonly take: (piece: Piece) => void;
  /** A file cannot be read, or is none. Told once for each. `isOurs`: it is not the file's fault; others would fare alike. */
  readonly trouble: (path: string, why: string, isOurs: boolean) => void;
  /** What could not be read can be read again. */
  readonly well?: (path: string) => void;
}

export interface Following {
  /** How far the files that are followed have been read. */
  readonly positions: readonly Position[];
  stop(): void;
}

const pieceSize = 1 << 20;
const headSize = 512;

/** So many pieces of one file are read before others have their turn. */
const mostAtOnce = 16;

/** What this process, or the machine, has too little of (errno(3)). */
const ours: ReadonlySet<string> = new Set(["EMFILE", "ENFILE", "ENOMEM", "EIO"]);

/** So many files are followed that have had one name, one after the other. */
const mostOfName = 3;

/** So many directories in one are followed, for whom a star stands: whose directory it is may make any number. */
const mostWithin = 2_000;

/** Of a log that nobody has read before, so much at its end is looked at. Bytes. */
const lookBack = 64 << 20;

interface Followed {
  path: string;
  inode: number;
  offset: number;
  head: Head;
}

/**
 * Follows files as they grow, by inotify. A file that is renamed is read to its end, also what is still written to it then;
 * one that is copied and cut off, or compressed while nobody looked, is found again by how it begins.
 */
export function followFiles({ patterns, positions, take, trouble, well = () => {} }: FollowOptions): Following {
  const wanted = patterns.map((pattern) => ({
    directory: nameMatcher(dirname(pattern)),
    name: nameMatcher(basename(pattern)),
    fixed: /^(?:\/[^/*?[]+(?=\/))*/.exec(pattern)![0] || "/",
  }));
  const followed = new Map<number, Followed>();
  const watches: (() => void)[] = [];
  const hearers = new Map<string, ((name: string) => void)[]>();
  const entered = new Set<string>();
  const complained = new Set<string>();
  const dirty = new Map<string, string>();
  let scheduled: NodeJS.Immediate | undefined;

  const complain = (path: string, error: unknown) => {
    const why = (error as Error).message;
    if (complained.has(`${path} ${why}`)) return;
    complained.add(`${path} ${why}`);
    trouble(path, why, ours.has((error as NodeJS.ErrnoException).code ?? ""));
  };
  const recover = (path: string) => {
    const before = [...complained].filter((each) => each.startsWith(`${path} `));
    for (const each of before) complained.delete(each);
    if (before.length > 0) well(path);
  };
  const isWanted = (directory: string, name: string) =>
    wanted.some((each) => each.directory.test(directory) && each.name.test(name));

  /** Reads what has come to a file of this name, if it is one of ours, under whatever name it was that. */
  function look(directory: string, name: string) {
    const path = join(directory, name);
    let descriptor: number | undefined;
    try {
      const stat = lstatSync(path, { throwIfNoEntry: false });
      if (!stat) recover(path);
      if (!stat || (!followed.has(stat.ino) && !isWanted(directory, name))) return;
      descriptor = open(path);
      if (descriptor === undefined) return;
      const { ino, size } = fstatSync(descriptor);
      const known = followed.get(ino);
      const file = known ?? begin(path, ino, size);
      if (known && (size < known.offset || !beginsAlike(known, descriptor))) startOver(known, directory);
      drain(file, descriptor, () => changed(directory, name));
      recover(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") complain(path, error);
      else recover(path);
    } finally {
      if (descriptor !== undefined) closeSync(descriptor);
    }
  }

  /** What an operator wrote may lead over links; what a star stands for, which is others' to make, may not. */
  function open(path: string): number | undefined {
    const directory = dirname(path);
    const { fixed = directory } = wanted.find((each) => each.directory.test(directory)) ?? {};
    return openFile(path, join(realpathSync(fixed), relative(fixed, directory)));
  }

  function begin(path: string, inode: number, size: number): Followed {
    const offset = Math.max(0, size - lookBack);
    const file: Followed = { path, inode, offset, head: { length: 0, digest: "" } };
    followed.set(inode, file);
    forgetOld(path);
    return file;
  }

  /** Of those that had this name before, only the last may still be written to. */
  function forgetOld(path: string) {
    const former = [...followed.values()].filter((each) => each.path === path).slice(0, -mostOfName);
    for (const { inode } of former) followed.delete(inode);
  }

  /** It was cut off: what we had not read of it yet may be in a copy. */
  function startOver(file: Followed, directory: string) {
    readRest(file, directory, basename(file.path));
    file.offset = 0;
    file.head = { length: 0, digest: "" };
  }

  /** A log that grows as fast as it is read leaves time for others. */
  function drain(file: Followed, descriptor: number, again: () => void) {
    const buffer = Buffer.allocUnsafe(pieceSize);
    for (let pieces = 0; ; pieces++) {
      if (pieces === mostAtOnce) return again();
      const count = readSync(descriptor, buffer, 0, pieceSize, file.offset);
      if (count === 0) return;
      file.offset += count;
      if (file.head.length < headSize) file.head = headOf(descriptor, Math.min(headSize, file.offset));
      take({ path: file.path, bytes: Buffer.from(buffer.subarray(0, count)), position: { ...file } });
    }
  }

  /** The rest of a file that is there no longer as it was: in a copy of it, maybe a compressed one. */
  function readRest(file: Followed, directory: string, name: string) {
    if (file.head.length === 0) return;
    for (const other of list(directory)) {
      if (!other.startsWith(name) || other === name) continue;
      try {
        const content = contentOf(() => open(join(directory, other)), other.endsWith(".gz"), file.offset);
        if (content === undefined || digestOf(content.subarray(0, file.head.length)) !== file.head.digest) continue;
        const rest = content.subarray(file.offset);
        if (rest.length > 0)
          take({ path: file.path, bytes: rest, position: { ...file, offset: file.offset + rest.length } });
        return;
      } catch (error) {
        complain(join(directory, other), error);
      }
    }
  }

  function changed(directory: string, name: string) {
    dirty.set(join(directory, name), name);
    scheduled ??= setImmediate(() => {
      scheduled = undefined;
      const names = [...dirty];
      dirty.clear();
      // What has another name now is older.
      const order = ([path, each]: readonly [string, string]) => (isWanted(dirname(path), each) ? 1 : 0);
      for (const [path, each] of names.toSorted((one, other) => order(one) - order(other))) look(dirname(path), each);
    });
  }

  /** Directories that files may be in, as they are and as they come. */
  function enter(base: string, [part, ...rest]: readonly string[]) {
    if (part === undefined) return follow(base);
    const fits = nameMatcher(part);
    const isFixed = !/[*?[]/.test(part);
    const within = new Set<string>();
    const enterOne = (name: string) => {
      const inner = join(base, name);
      if (!fits.test(name) || within.has(name)) return;
      const stat = isFixed ? statSync(inner, { throwIfNoEntry: false }) : lstatSync(inner, { throwIfNoEntry: false });
      if (!stat?.isDirectory()) return;
      if (within.size === mostWithin)
        return complain(base, new Error(`more than ${mostWithin} directories in it: not all are followed`));
      within.add(name);
      enter(inner, rest);
    };
    listen(base, enterOne);
    for (const name of isFixed ? [part] : list(base)) enterOne(name);
  }

  function follow(directory: string) {
    if (entered.has(directory)) return;
    entered.add(directory);
    listen(directory, (name) => changed(directory, name));
    for (const position of positions) if (dirname(position.path) === directory) resume(position, directory);
    for (const name of list(directory)) if (isWanted(directory, name)) look(directory, name);
  }

  function listen(directory: string, hear: (name: string) => void) {
    const known = hearers.get(directory);
    if (known) return void known.push(hear);
    try {
      const all = [hear];
      const hearAll = (name: string) => {
        for (const each of all) each(name);
      };
      watches.push(watchDirectory(directory, hearAll, { trouble: (error) => complain(directory, error) }));
      hearers.set(directory, all);
    } catch (error) {
      complain(directory, error);
    }
  }

  for (const directory of new Set(patterns.map((pattern) => dirname(pattern))))
    enter(
      "/",
      directory.split("/").filter((part) => part !== ""),
    );

  /** Goes on where we were: the file itself, if it is still there under any name, or what is left of it in a copy. */
  function resume(position: Position, directory: string) {
    const file: Followed = { ...position };
    for (const name of list(directory)) {
      const path = join(directory, name);
      try {
        if (statSync(path, { throwIfNoEntry: false })?.ino !== position.inode) continue;
        const descriptor = open(path);
        if (descriptor === undefined) continue;
        const isSame = fstatSync(descriptor).size >= file.offset && beginsAlike(file, descriptor);
        if (isSame) {
          followed.set(file.inode, file);
          drain(file, descriptor, () => changed(directory, name));
        }
        closeSync(descriptor);
        if (isSame) return;
      } catch (error) {
        complain(path, error);
      }
    }
    readRest(file, directory, basename(position.path));
  }

  return {
    get positions() {
      return [...followed.values()].map((file) => ({ ...file }));
    },
    stop() {
      clearImmediate(scheduled);
      for (const stopWatching of watches) stopWatching();
    },
  };
}
