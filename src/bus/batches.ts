/** When what has been gathered is handed over. */
export interface Handover<T> {
  /** At the latest with so many. */
  readonly most: number;
  /** At once after this one. */
  readonly isLast: (one: T) => boolean;
  /** When nothing has followed for so long, whatever was said. Milliseconds. */
  readonly patience: number;
}

/** What comes, as many at a time as come together. */
export async function* batches<T>(
  source: AsyncIterable<T>,
  { most, isLast, patience }: Handover<T>,
): AsyncGenerator<T[]> {
  const iterator = source[Symbol.asyncIterator]();
  const ask = () => {
    const answer = iterator.next();
    // It may fail while what came before is still at work; that is heard when it is awaited.
    answer.catch(() => {});
    return answer;
  };
  let next = ask();
  let batch: T[] = [];
  for (;;) {
    const arrived = batch.length === 0 ? await next : await withinTime(next, patience);
    if (arrived !== undefined && !arrived.done) {
      batch.push(arrived.value);
      next = ask();
      if (batch.length < most && !isLast(arrived.value)) continue;
    }
    if (batch.length > 0) yield batch;
    batch = [];
    if (arrived?.done) return;
  }
}

async function withinTime<T>(promise: Promise<T>, milliseconds: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, milliseconds, undefined);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
