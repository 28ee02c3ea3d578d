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

const workspace = "/run/upkeep/rehearsal";

/** `undefined` where the kernel, or a container around us, does not allow it. */
export async function openRehearsal(host: Host, directories: readonly string[]): Promise<Rehearsal | undefined> {
  const holder = await host.processes.hold(["unshare", "--mount", "--propagation", "private", "cat"], 10_000);
  if (!holder) return undefined;
  const inside = (argv: readonly string[]) =>
    ["nsenter", `--target=${holder.pid}`, "--mount", "--wd=/", "--", ...argv] as const;
  const view = (path: string) => `/proc/${holder.pid}/root${path}`;
  const mount = async (...args: string[]) => (await host.processes.run(inside(["mount", ...args]))).code === 0;

  host.files.stat("/run/upkeep") ?? host.files.makeDirectory("/run/upkeep", { uid: 0, gid: 0, mode: 0o755 });
  host.files.stat(workspace) ?? host.files.makeDirectory(workspace, { uid: 0, gid: 0, mode: 0o700 });
  let ready = await mount("-t", "tmpfs", "-o", "mode=0700", "tmpfs", workspace);
  for (const [index, directory] of directories.entries()) {
    if (!ready) break;
    const [upper, work] = [`${workspace}/upper${index}`, `${workspace}/work${index}`];
    const stat = host.files.stat(directory);
    for (const part of [upper, work]) {
      host.files.makeDirectory(view(part), { uid: stat?.uid ?? 0, gid: stat?.gid ?? 0, mode: stat?.mode ?? 0o755 });
    }
    ready = await mount(
      "-t",
      "overlay",
      "overlay",
      "-o",
      `lowerdir=${directory},upperdir=${upper},workdir=${work}`,
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
