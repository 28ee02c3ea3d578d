import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";

export interface Ids {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

export interface Stat extends Ids {
  readonly type: "file" | "directory" | "link" | "other";
  readonly size: number;
  /** When its content changed last, milliseconds since 1970. */
  readonly modifiedAt: number;
  /** Differs after any change of content, rights or place. */
  readonly signature: string;
}

/** Files and directories. Nothing here follows a symbolic link in the last part of a path. */
export interface Files {
  stat(path: string): Stat | undefined;
  /** A regular file's text; `undefined` if there is none. */
  read(path: string): string | undefined;
  /** What has been added to a file since it was so many bytes long, up to a megabyte; if it is shorter now, all of it. */
  readFrom(path: string, size: number): string | undefined;
  readLink(path: string): string | undefined;
  /** Names in a directory, sorted; empty if there is none. */
  list(path: string): string[];
  /** A new file; fails if something has that name. */
  create(path: string, content: string, ids: Ids): void;
  rename(from: string, to: string): void;
  /** A second name for a file. */
  link(existing: string, path: string): void;
  symlink(target: string, path: string): void;
  remove(path: string): void;
  /** A new directory; `fill` puts things into it while only root can enter. Without `ids`: for everyone to see. */
  makeDirectory(path: string, ids?: Ids, fill?: () => void): void;
  removeDirectory(path: string): void;
  setIds(path: string, ids: Ids): void;
  /** Brings files or directories to the disk. */
  flush(path: string): void;
}

const missing = (error: unknown): boolean =>
  ["ENOENT", "ENOTDIR", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "");

function orUndefined<T>(attempt: () => T): T | undefined {
  try {
    return attempt();
  } catch (error) {
    if (missing(error)) return undefined;
    throw error;
  }
}

/** Opens without following a link in the last part, does something, closes. */
function withFile<T>(path: string, flags: number, use: (descriptor: number) => T, mode?: number): T {
  const descriptor = openSync(path, flags | constants.O_NOFOLLOW, mode);
  try {
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

export const realFiles: Files = {
  stat(path) {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (!stat) return undefined;
    const type = stat.isFile() ? "file" : stat.isDirectory() ? "directory" : stat.isSymbolicLink() ? "link" : "other";
    const signature = `${stat.ino}.${stat.size}.${stat.mtimeMs}.${stat.ctimeMs}`;
    return {
      type,
      uid: stat.uid,
      gid: stat.gid,
      mode: stat.mode & 0o7777,
      size: stat.size,
      modifiedAt: stat.mtimeMs,
      signature,
    };
  },
  read: (path) =>
    orUndefined(() =>
      // Opening a pipe waits for somebody who writes, and a device has no end.
      withFile(path, constants.O_RDONLY | constants.O_NONBLOCK, (descriptor) => {
        const stat = fstatSync(descriptor);
        return stat.isFile() || stat.isDirectory() ? readFileSync(descriptor, "utf8") : undefined;
      }),
    ),
  readFrom: (path, size) =>
    orUndefined(() =>
      withFile(path, constants.O_RDONLY | constants.O_NONBLOCK, (descriptor) => {
        if (!fstatSync(descriptor).isFile()) return undefined;
        const buffer = Buffer.alloc(1 << 20);
        const start = fstatSync(descriptor).size < size ? 0 : size;
        return buffer.toString("utf8", 0, readSync(descriptor, buffer, 0, buffer.length, start));
      }),
    ),
  readLink: (path) => orUndefined(() => readlinkSync(path)),
  list: (path) => orUndefined(() => readdirSync(path).sort()) ?? [],
  create(path, content, { uid, gid, mode }) {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
    withFile(
      path,
      flags,
      (descriptor) => {
        writeFileSync(descriptor, content);
        fchownSync(descriptor, uid, gid);
        fchmodSync(descriptor, mode);
      },
      0o600,
    );
  },
  rename: renameSync,
  link: linkSync,
  symlink: symlinkSync,
  remove(path) {
    // Looked up first: a read-only file system refuses to remove even what is not there.
    if (lstatSync(path, { throwIfNoEntry: false })) orUndefined(() => unlinkSync(path));
  },
  makeDirectory(path, ids, fill) {
    mkdirSync(path, { mode: ids ? 0o700 : 0o755 });
    fill?.();
    if (!ids) return;
    lchownSync(path, ids.uid, ids.gid);
    chmodSync(path, ids.mode);
  },
  removeDirectory(path) {
    orUndefined(() => rmdirSync(path));
  },
  setIds(path, { uid, gid, mode }) {
    lchownSync(path, uid, gid);
    chmodSync(path, mode);
  },
  flush: (path) => withFile(path, constants.O_RDONLY, fsyncSync),
};
