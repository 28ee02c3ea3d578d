import { statfsSync } from "node:fs";
import type { Host } from "./host.ts";

/** How much there is below a directory, without some of what is right in it; nothing: there is none. See du(1). */
export async function treeSize(
  { processes }: Pick<Host, "processes">,
  directory: string,
  without: readonly string[],
): Promise<{ readonly bytes: number; readonly files: number }> {
  const left = without.map((name) => `--exclude=${directory}/${name}`);
  const sum = async (what: string) => {
    const { stdout } = await processes.run(["du", "--summarize", what, ...left, "--", directory], { timeout: 600_000 });
    return Number(/^\d+/.exec(stdout)?.[0] ?? 0);
  };
  const [bytes, files] = await Promise.all([sum("--bytes"), sum("--inodes")]);
  return { bytes, files };
}

/** Bytes that are free where a directory is. */
export function freeBytes(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}
