import { chunks, type Db, excluded } from "./tables.ts";

/** How busy a host was in one slot of time. */
export interface SlotSample {
  readonly host: string;
  /** Its number: milliseconds since 1970 over {@link slotLength}. */
  readonly slot: number;
  readonly load: number;
  /** A second. */
  readonly requests: number | undefined;
}

/** Milliseconds. */
export const slotLength = 300_000;

/** So many slots are kept: two days. */
const kept = 576;

/** How busy hosts have been, for two days. */
export interface Samples {
  keep(samples: readonly SlotSample[]): Promise<void>;
  /** Of one host, or all. */
  since(slot: number, host?: string): Promise<SlotSample[]>;
  /** How many addresses were banned in each slot. */
  bansSince(slot: number, host?: string): Promise<ReadonlyMap<number, number>>;
  forgetOld(now: number): Promise<void>;
}

export function openSamples(db: Db): Samples {
  return {
    async keep(samples) {
      for (const part of chunks(samples.map(({ requests = null, ...sample }) => ({ ...sample, requests }))))
        await db
          .insertInto("samples")
          .values(part)
          .onConflict((conflict) => conflict.columns(["host", "slot"]).doUpdateSet(excluded("load", "requests")))
          .execute();
    },
    async since(slot, host) {
      let query = db.selectFrom("samples").selectAll().where("slot", ">=", slot);
      if (host !== undefined) query = query.where("host", "=", host);
      return (await query.execute()).map(({ requests, ...sample }) => ({
        ...sample,
        requests: requests ?? undefined,
      }));
    },
    async bansSince(slot, host) {
      let query = db
        .selectFrom("events")
        .select("heard_at")
        .where("event", "=", "banned")
        .where("heard_at", ">=", slot * slotLength);
      if (host !== undefined) query = query.where("host", "=", host);
      const counts = new Map<number, number>();
      for (const { heard_at } of await query.execute()) {
        const inSlot = Math.floor(heard_at / slotLength);
        counts.set(inSlot, (counts.get(inSlot) ?? 0) + 1);
      }
      return counts;
    },
    async forgetOld(now) {
      await db
        .deleteFrom("samples")
        .where("slot", "<", Math.floor(now / slotLength) - kept)
        .execute();
    },
  };
}
