import type { Host } from "./host.ts";

/** Where other file systems are mounted below any of these directories. See proc_pid_mountinfo(5). */
export function mountsBelow({ files }: Pick<Host, "files">, directories: readonly string[]): string[] {
  const points = (files.read("/proc/self/mountinfo") ?? "").split("\n").flatMap((line) => {
    const point = line.split(" ")[4];
    return point === undefined ? [] : [unescaped(point)];
  });
  const above = new Set(directories);
  return [...new Set(points)].filter((point) => parentsOf(point).some((parent) => above.has(parent)));
}

/** Spaces, tabs, line feeds and backslashes are octal there. */
const unescaped = (text: string): string =>
  text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

function parentsOf(path: string): string[] {
  const steps = path.split("/").slice(0, -1);
  return steps.map((_, index) => steps.slice(0, index + 1).join("/")).filter((parent) => parent !== "");
}
