import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";

/** How far a log has been split. The inode tells it from its successor after a rotation. */
interface Position {
  readonly inode: number;
  readonly offset: number;
}

/** A site's own log, and the group that may read it. */
export interface Target {
  readonly path: string;
  readonly gid: number;
}

export interface Split {
  readonly lines: number;
  /** Lines of names that no site has, such as sites that are gone. */
  readonly unknown: number;
}

const pieceSize = 1 << 20;

/**
 * Splits what has come to a shared log since the last time: the first word of each line is a host name, the rest goes to
 * that site's own log. Nothing but that word is looked at, and it is only looked up, never used as a path.
 */
export async function splitLog(
  log: string,
  positionFile: string,
  targetOf: (name: string) => Promise<Target | undefined>,
): Promise<Split> {
  let [lines, unknown] = [0, 0];
  for (const { path, from, inode } of unread(log, readPosition(positionFile))) {
    for (const { text, end } of pieces(path, from)) {
      const own = new Map<Target, string[]>();
      for (const line of text.split("\n").slice(0, -1)) {
        const space = line.indexOf(" ");
        const target = await targetOf(line.slice(0, space));
        lines++;
        if (!target) unknown++;
        else if (own.has(target)) own.get(target)!.push(line.slice(space + 1));
        else own.set(target, [line.slice(space + 1)]);
      }
      for (const [target, texts] of own) append(target, `${texts.join("\n")}\n`);
      writePosition(positionFile, { inode, offset: end });
    }
  }
  return { lines, unknown };
}

/** What is still to be read: first the rest of a log that has been rotated away, then the log itself. */
function unread(log: string, position: Position | undefined): { path: string; from: number; inode: number }[] {
  const stat = statSync(log, { throwIfNoEntry: false });
  const rotated = statSync(`${log}.1`, { throwIfNoEntry: false });
  const rest =
    position && rotated && rotated.ino === position.inode && stat?.ino !== position.inode
      ? [{ path: `${log}.1`, from: position.offset, inode: rotated.ino }]
      : [];
  if (!stat) return rest;
  const from = position?.inode === stat.ino && position.offset <= stat.size ? position.offset : 0;
  return [...rest, { path: log, from, inode: stat.ino }];
}

/** Whole lines of a file from an offset on, about a megabyte at a time. */
function* pieces(path: string, from: number): Generator<{ text: string; end: number }> {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const buffer = Buffer.alloc(pieceSize);
    for (let offset = from; ; ) {
      const read = readSync(descriptor, buffer, 0, pieceSize, offset);
      const end = buffer.subarray(0, read).lastIndexOf(0x0a) + 1;
      if (end === 0) return;
      offset += end;
      yield { text: buffer.toString("latin1", 0, end), end: offset };
    }
  } finally {
    closeSync(descriptor);
  }
}

/** The log directory is root's, so nobody else can have put a link there; a link is refused all the same. */
function append({ path, gid }: Target, text: string): void {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;
  const descriptor = openSync(path, flags, 0o640);
  try {
    if (fstatSync(descriptor).size === 0) {
      fchownSync(descriptor, 0, gid);
      fchmodSync(descriptor, 0o640);
    }
    writeSync(descriptor, Buffer.from(text, "latin1"));
  } finally {
    closeSync(descriptor);
  }
}

function readPosition(file: string): Position | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Position) : undefined;
}

function writePosition(file: string, position: Position): void {
  writeFileSync(`${file}.new`, JSON.stringify(position), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
