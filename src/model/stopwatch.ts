/** How long each step takes, from its beginning to the next one's. */
export interface Stopwatch {
  begin(step: string): void;
  /** Milliseconds by step. */
  end(): Readonly<Record<string, number>>;
}

export function openStopwatch(now: () => number = () => performance.now()): Stopwatch {
  const took: Record<string, number> = {};
  let current: { readonly step: string; readonly since: number } | undefined;
  const begin = (step: string | undefined) => {
    const at = now();
    if (current) took[current.step] = Math.round(10 * ((took[current.step] ?? 0) + at - current.since)) / 10;
    current = step === undefined ? undefined : { step, since: at };
  };
  return {
    begin,
    end() {
      begin(undefined);
      return took;
    },
  };
}
