import type { Dialect } from "./estate.ts";
import { chunks, type Db, type EstateTables } from "./tables.ts";

/*
 * What has been written and not yet told to the bus. It is written with the change itself, so that none is forgotten
 * whatever happens in between; every control plane works it off, and none waits for another.
 */

/** The oldest of it, each with what its host should have by now. */
export const untold = (db: Db, limit: number): Promise<{ host: string; desired: string }[]> =>
  db
    .selectFrom("outbox")
    .innerJoin("placements", (join) =>
      join.onRef("placements.ref", "=", "outbox.ref").onRef("placements.host", "=", "outbox.host"),
    )
    .select(["outbox.host", "placements.desired"])
    .orderBy("outbox.sequence")
    .limit(limit)
    .execute();

/** Crosses these off, but for what somebody else is crossing off, or writing anew, at this moment. */
export async function cross(db: Db, dialect: Dialect, told: readonly EstateTables["outbox"][]): Promise<void> {
  for (const part of chunks(told))
    await db
      .with("free", (given) =>
        given
          .selectFrom(dialect.given(part).as("given"))
          .innerJoin("outbox", (join) =>
            join
              .onRef("outbox.host", "=", "given.host")
              .onRef("outbox.ref", "=", "given.ref")
              .onRef("outbox.sequence", "=", "given.sequence"),
          )
          .select(["outbox.host", "outbox.ref"])
          .$if(dialect.locksRows, (select) => select.forUpdate("outbox").skipLocked()),
      )
      .deleteFrom("outbox")
      .where((where) =>
        where(
          where.refTuple("host", "ref"),
          "in",
          where.selectFrom("free").select(["host", "ref"]).$asTuple("host", "ref"),
        ),
      )
      .execute();
}
