import { readFileSync } from "node:fs";

/** Ticks that the processors have spent since boot, all and idle; proc_stat(5). */
function ticks(): { all: number; idle: number } {
  const [user, nice, system, idle, wait, ...rest] = readFileSync("/proc/stat", "utf8")
    .split("\n", 1)[0]!
    .split(/\s+/)
    .slice(1, 9)
    .map(Number) as [number, number, number, number, number, ...number[]];
  return { all: [user, nice, system, idle, wait, ...rest].reduce((sum, each) => sum + each, 0), idle: idle + wait };
}

/** Says which share of the processors' time nobody has used since it was asked last. */
export function idleness(): () => number {
  let last = ticks();
  return () => {
    const now = ticks();
    const share = now.all === last.all ? 0 : (now.idle - last.idle) / (now.all - last.all);
    last = now;
    return share;
  };
}
