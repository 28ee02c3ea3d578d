import { basename, dirname } from "node:path";
import type { Ids } from "./files.ts";
import type { Host } from "./host.ts";
import type { Finished, RunOptions } from "./processes.ts";

/**
 * A private view of the file system in which chosen directories can be changed without touching the real ones:
 * overlays on a tmpfs inside a mount namespace of its own. It vanishes with the process that made it.
 * See unshare(1), mount_namespaces(7), and the kernel's overlayfs documentation.
 */
export interface Rehearsal {
  /** The private view of an absolute path, reachable from outside. */
  path(real: string): string;
  /** Runs a program that sees the private view. */
  run(argv: readonly [string, ...string[]], options?: RunOptions): Promise<Finished>;
  close(): Promise<void>;
}

/** Where to make a new file or directory so that the private view will have it at `real`. */
export type Addition = (real: string) => string;

const workspace = "/run/upkeep/rehearsal";

/**
 * `undefined` where the kernel, or a container around us, does not allow it. `fill` puts in what is to be seen besides
 * what is there; doing so before the overlay is made costs a third of doing it after.
 */
export async function openRehearsal(
  host: Host,
  directories: readonly string[],
  fill: (add: Addition) => void = () => {},
): Promise<Rehearsal | undefined> {
  const holder = await host.processes.hold(["unshare", "--mount", "--propagation", "private", "cat"], 10_000);
  if (!holder) return undefined;
  const inside = (argv: readonly string[]) =>
    ["nsenter", `--target=${holder.pid}`, "--mount", "--wd=/", "--", ...argv] as const;
  const view = (path: string) => `/proc/${holder.pid}/root${path}`;
  const mount = async (...args: string[]) => (await host.processes.run(inside(["mount", ...args]))).code === 0;

  host.files.stat("/run/upkeep") ?? host.files.makeDirectory("/run/upkeep", { uid: 0, gid: 0, mode: 0o755 });
  host.files.stat(workspace) ?? host.files.makeDirectory(workspace, { uid: 0, gid: 0, mode: 0o700 });
  let ready = await mount("-t", "tmpfs", "-o", "mode=0700", "tmpfs", workspace);
  const upperOf = (index: number) => `${workspace}/upper${index}`;
  const workOf = (index: number) => `${workspace}/work${index}`;
  for (const [index, directory] of directories.entries()) {
    if (ready)
      for (const part of [upperOf(index), workOf(index)]) host.files.makeDirectory(view(part), idsOf(host, directory));
  }
  try {
    if (ready) fill(additions(host, directories, (index) => view(upperOf(index))));
  } catch (error) {
    await holder.release();
    throw error;
  }
  for (const [index, directory] of directories.entries()) {
    if (!ready) break;
    ready = await mount(
      "-t",
      "overlay",
      "overlay",
      "-o",
      `lowerdir=${directory},upperdir=${upperOf(index)},workdir=${workOf(index)}`,
      directory,
    );
  }
  if (!ready) {
    await holder.release();
    return undefined;
  }
  return {
    path: view,
    run: (argv, options) => host.processes.run(inside(argv), options),
    close: () => holder.release(),
  };
}

const idsOf = (host: Host, path: string): Ids => host.files.stat(path) ?? { uid: 0, gid: 0, mode: 0o755 };

/** Below an overlay's upper directory, with those parents made that so far are only in the lower one. */
function additions(host: Host, directories: readonly string[], upperOf: (index: number) => string): Addition {
  const made = new Map<string, string>(directories.map((directory, index) => [directory, upperOf(index)]));
  const place = (real: string): string => {
    const known = made.get(real);
    if (known) return known;
    const parent = dirname(real);
    if (parent === real) throw new Error(`${real} is outside of ${directories.join(", ")}`);
    const path = `${place(parent)}/${basename(real)}`;
    host.files.makeDirectory(path, idsOf(host, real));
    made.set(real, path);
    return path;
  };
  return (real) => {
    const path = `${place(dirname(real))}/${basename(real)}`;
    made.set(real, path);
    return path;
  };
}
