/** One measured figure. */
export interface Figure {
  readonly name: string;
  readonly says: string;
  readonly value: number;
  readonly unit: "ms" | "MB" | "times" | "%";
  readonly goal: { readonly atMost?: number; readonly atLeast?: number };
  readonly peer?: string;
  readonly peerValue?: number;
  readonly ratio?: number;
}

export type Figures = Record<string, Figure & { met: boolean }>;

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
