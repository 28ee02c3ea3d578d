import { readFileSync } from "node:fs";

/** One measured figure. */
export interface Figure {
  readonly name: string;
  readonly says: string;
  readonly value: number;
  readonly unit: "ms" | "kB" | "MB" | "times" | "%" | "changes" | "requests" | "writes";
  readonly goal: { readonly atMost?: number; readonly atLeast?: number };
  readonly peer?: string;
  readonly peerValue?: number;
  readonly ratio?: number;
}

export const isMet = ({ value, goal }: Figure): boolean =>
  value <= (goal.atMost ?? Number.POSITIVE_INFINITY) && value >= (goal.atLeast ?? Number.NEGATIVE_INFINITY);

export const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[values.length >> 1]!;

/** Milliseconds that something takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** The median of several runs, one after another. */
export async function medianOf(times: number, work: () => Promise<unknown>): Promise<number> {
  const values: number[] = [];
  for (let run = 0; run < times; run++) values.push(await timed(work));
  return median(values);
}

/**
 * Measures while the machine is ours alone: what others of the same hardware took away meanwhile (`steal` of
 * proc_stat(5)) is looked at, and a measurement that lost more than a fiftieth to them is made again.
 */
export async function undisturbed<T>(measure: () => Promise<T>, attempts = 30): Promise<T> {
  const before = stolen();
  const begun = performance.now();
  const result = await measure();
  const share = (10 * (stolen() - before)) / (performance.now() - begun);
  return share > 0.02 && attempts > 1 ? undisturbed(measure, attempts - 1) : result;
}

/** Ticks of 10 ms that all processors together have lost so far. */
const stolen = (): number => Number(readFileSync("/proc/stat", "utf8").split("\n")[0]!.trim().split(/\s+/)[8]);
