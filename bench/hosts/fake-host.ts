import { basename, dirname } from "node:path/posix";
import type { Files, Ids, Stat } from "../../src/host/files.ts";
import type { Host } from "../../src/host/host.ts";
import { localHost } from "../../src/host/local.ts";

interface Entry extends Ids {
  readonly type: Stat["type"];
  readonly content: string;
  readonly changed: number;
}

/** A machine that is only memory: files that are kept, and programs that always succeed and do nothing. */
export function fakeHost(initial: Readonly<Record<string, string>>): Host {
  const entries = new Map<string, Entry>();
  let changes = 0;
  const root: Ids = { uid: 0, gid: 0, mode: 0o644 };
  /** Names in each directory: what asks for them must not pay for all there is. */
  const names = new Map<string, Set<string>>();
  const set = (path: string, entry: Entry) => {
    entries.set(path, entry);
    const directory = names.get(dirname(path)) ?? new Set();
    names.set(dirname(path), directory.add(basename(path)));
  };
  const drop = (path: string) => {
    entries.delete(path);
    names.get(dirname(path))?.delete(basename(path));
  };
  const put = (path: string, type: Entry["type"], content: string, ids: Ids) =>
    set(path, { type, content, ...ids, changed: ++changes });
  for (const [path, content] of Object.entries(initial)) put(path, "file", content, root);
  const known = (path: string): Entry => {
    const entry = entries.get(path);
    if (!entry) throw Object.assign(new Error(`ENOENT: ${path}`), { code: "ENOENT" });
    return entry;
  };
  const files: Files = {
    stat(path) {
      const entry = entries.get(path);
      if (!entry) return undefined;
      const { type, uid, gid, mode, content, changed } = entry;
      return { type, uid, gid, mode, size: content.length, modifiedAt: 0, signature: String(changed) };
    },
    read: (path) => entries.get(path)?.content,
    readFrom: (path, size) => entries.get(path)?.content.slice(size),
    readLink: (path) => entries.get(path)?.content,
    list: (path) => [...(names.get(path) ?? [])],
    create: (path, content, ids) => void put(path, "file", content, ids),
    rename(from, to) {
      set(to, { ...known(from), changed: ++changes });
      drop(from);
    },
    link: (existing, path) => void set(path, known(existing)),
    symlink: (target, path) => void put(path, "link", target, root),
    remove: (path) => drop(path),
    makeDirectory(path, ids, fill) {
      put(path, "directory", "", ids ?? { ...root, mode: 0o755 });
      fill?.();
    },
    removeDirectory: (path) => drop(path),
    setIds: (path, ids) => void set(path, { ...known(path), ...ids, changed: ++changes }),
    flush: () => {},
  };
  return {
    files,
    clock: localHost.clock,
    openAsker: localHost.openAsker,
    processes: {
      run: async () => ({ code: 0, stdout: "", stderr: "" }),
      hold: async () => ({ pid: process.pid, release: async () => {} }),
      signal: () => {},
    },
  };
}
