import type { Host } from "./host.ts";
import { mountsBelow } from "./mounts.ts";

/** So many are asked about at once. */
const most = 100;

/** Milliseconds for those. */
const patience = 1_800_000;

/**
 * Bytes in each of these directories, with what is below; those that are not there are left out. Follows no link, stays on
 * each one's file system, and lets everything else on the machine go first. See du(1), whose own `--one-file-system` leaves
 * out files of an overlayfs, which may say that they are elsewhere.
 */
export async function directorySizes(
  { processes, files }: Pick<Host, "processes" | "files">,
  directories: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  const left = mountsBelow({ files }, directories).map((path) => `--exclude=${path.replaceAll(/[\\*?[]/g, "\\$&")}`);
  for (let start = 0; start < directories.length; start += most) {
    const part = directories.slice(start, start + most);
    const { stdout } = await processes.run(
      ["nice", "-n", "19", "du", "--summarize", "--bytes", "--null", ...left, "--", ...part],
      { timeout: patience },
    );
    for (const line of stdout.split("\0")) {
      const [, bytes, path] = /^(\d+)\t(.+)$/s.exec(line) ?? [];
      if (path !== undefined) found.set(path, Number(bytes));
    }
  }
  return found;
}
