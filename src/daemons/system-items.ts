import type { DirectoryItem, FileItem } from "../model/item.ts";

/** A directory of the system: root's, open to all for reading. */
export const systemDirectory = (path: string): DirectoryItem => ({
  type: "directory",
  path,
  owner: "root",
  group: "root",
  mode: 0o755,
  madeBy: "root",
  ifForeign: "take",
});

/** One that goes with the resource that asked for it. */
export const ownDirectory = (path: string, mode = 0o755): DirectoryItem => ({
  ...systemDirectory(path),
  mode,
  removable: true,
});

/** A configuration file of the system: root's, open to all for reading. */
export const systemFile = (path: string, content: string, readBy?: string): FileItem => ({
  type: "file",
  path,
  content,
  owner: "root",
  group: "root",
  mode: 0o644,
  ...(readBy && { readBy }),
});
