import type { ControlBus } from "../bus/bus.ts";
import { desiredKey } from "../model/desired.ts";
import type { Delivery, Fleet } from "../store/fleet.ts";
import type { Letters } from "./letters.ts";

/** How many deliveries are taken from the outbox at a time, and how many of them are put at once. */
const [batch, atOnce] = [500, 64];

/** Brings what the database says to the bus. */
export function publishing(fleet: Fleet, bus: ControlBus, letters: Letters, goesOn: () => boolean) {
  async function inParts<T>(all: readonly T[], put: (one: T) => Promise<void>): Promise<void> {
    for (let start = 0; start < all.length && goesOn(); start += atOnce)
      await Promise.all(all.slice(start, start + atOnce).map(put));
  }

  return {
    /** Tells what is in the outbox. What cannot be put holds up nothing else, and stays. Returns whether there is more. */
    async publish(): Promise<boolean> {
      const told: Delivery[] = [];
      let problem: Error | undefined;
      const deliveries = await fleet.outbox(batch);
      await inParts(deliveries, async (delivery) => {
        const { host, entry } = delivery;
        try {
          await bus.put(host, await letters.seal(host, entry));
          told.push(delivery);
        } catch (error) {
          problem ??= new Error(`${entry.ref} for ${host}: ${(error as Error).message}`);
        }
      });
      if (told.length > 0) await fleet.told(told);
      if (problem) throw problem;
      return told.length === batch;
    },

    /** What the bus may have lost, or never had, is put there again. */
    async restock(): Promise<void> {
      const kept = await bus.kept();
      for (const { name } of await fleet.hosts()) {
        if (!goesOn()) return;
        await bus.prepare(name);
        const missing = (await fleet.sequences(name))
          .filter(({ ref, sequence }) => (kept.get(desiredKey(name, ref)) ?? 0) < sequence)
          .map(({ ref }) => ref);
        const entries = await fleet.entries(name, missing);
        await inParts(entries, async (entry) => bus.put(name, await letters.seal(name, entry)));
      }
    },
  };
}
