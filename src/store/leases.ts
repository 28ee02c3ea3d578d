import { randomUUID } from "node:crypto";
import type { Db } from "./tables.ts";

/** Milliseconds after which a lease is anybody's again: whoever had it has gone. */
const life = 30_000;

/** Milliseconds between two attempts to get one that somebody else has. */
const pause = 25;

/** Has work that is called the same done one at a time, by whichever control plane. */
export interface Leases {
  hold<T>(name: string, work: () => Promise<T>): Promise<T>;
}

export const openLeases = (db: Db, now: () => number = Date.now): Leases => ({
  async hold(name, work) {
    const holder = randomUUID();
    while (!(await take(db, name, holder, now()))) await new Promise((resolve) => setTimeout(resolve, pause));
    try {
      return await work();
    } finally {
      await db.deleteFrom("leases").where("name", "=", name).where("holder", "=", holder).execute();
    }
  },
});

async function take(db: Db, name: string, holder: string, now: number): Promise<boolean> {
  const until = now + life;
  const taken = await db
    .insertInto("leases")
    .values({ name, holder, until })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ holder, until }).where("leases.until", "<", now))
    .returning("holder")
    .executeTakeFirst();
  return taken?.holder === holder;
}
