import { rhythm } from "../host/pace.ts";

/** Milliseconds between two comparisons without any reason for one. */
const every = rhythm(600_000);

/** Milliseconds from a reason until the comparison, as what goes wrong goes wrong several times; doubled with each failure. */
const [settling, lastPause] = [rhythm(3_000), rhythm(60_000)];

/** Comparing takes no more than one part in so many of the time. */
const shareOfTime = 10;

/**
 * Compares what hosts should have with what the bus keeps for them: at once, soon after each doubt, and from time to time.
 */
export function compareWithBus(
  restock: () => Promise<void>,
  log: (text: string) => void,
): { readonly soon: () => void; stop(): Promise<void> } {
  let stopped = false;
  let isDoubtful = false;
  let wake = () => {};
  const sleep = (milliseconds: number, isOver: () => boolean) =>
    new Promise<void>((resolve) => {
      if (isOver()) return resolve();
      const timer = setTimeout(resolve, milliseconds);
      wake = () => {
        if (!isOver()) return;
        clearTimeout(timer);
        resolve();
      };
    });

  async function work() {
    let pause = settling;
    while (!stopped) {
      isDoubtful = false;
      const begun = performance.now();
      try {
        await restock();
        pause = Math.max(settling, shareOfTime * (performance.now() - begun));
      } catch (error) {
        if (stopped) return;
        log(`cannot compare with the bus: ${(error as Error).message}`);
        isDoubtful = true;
        pause = Math.min(lastPause, 2 * pause);
      }
      await sleep(every, () => stopped || isDoubtful);
      await sleep(pause, () => stopped);
    }
  }

  const working = work();
  return {
    soon() {
      isDoubtful = true;
      wake();
    },
    async stop() {
      stopped = true;
      wake();
      await working;
    },
  };
}
