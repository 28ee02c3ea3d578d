/** Milliseconds between two comparisons without any reason for one. */
const every = 600_000;

/** Milliseconds from a reason until the comparison: what goes wrong goes wrong several times. */
const settling = 3_000;

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
    while (!stopped) {
      isDoubtful = false;
      try {
        await restock();
      } catch (error) {
        if (stopped) return;
        log(`cannot compare with the bus: ${(error as Error).message}`);
        isDoubtful = true;
      }
      await sleep(every, () => stopped || isDoubtful);
      await sleep(settling, () => stopped);
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
