import type { ResourceRef } from "../model/resource.ts";
import { type Dialect, given } from "./dialect.ts";
import { chunks, type Db, type EstateTables } from "./tables.ts";

/*
 * What has been written and not yet told to the bus. It is written with the change itself, so that none is forgotten
 * whatever happens in between; every control plane works it off, and none waits for another.
 */

/** The oldest of it, each with what its host should have by now. */
export async function untold(
  db: Db,
  dialect: Dialect,
  limit: number,
): Promise<{ readonly host: string; readonly desired: string }[]> {
  const oldest = await db.selectFrom("outbox").selectAll().orderBy("sequence").limit(limit).execute();
  if (oldest.length === 0) return [];
  // Not in one question: whoever plans that does not know how few they are among how many.
  const found = await db
    .selectFrom(given(dialect, oldest).as("given"))
    .innerJoin("placements", (join) =>
      join.onRef("placements.ref", "=", "given.ref").onRef("placements.host", "=", "given.host"),
    )
    .select(["placements.host", "placements.ref", "placements.desired"])
    .orderBy("given.sequence")
    .execute();
  // What its host has said meanwhile to be gone.
  const known = new Set(found.map(({ host, ref }) => `${host} ${ref}`));
  const over = oldest.filter(({ host, ref }) => !known.has(`${host} ${ref}`));
  if (over.length > 0) await cross(db, dialect, over);
  return found;
}

/** Crosses these off, but for what somebody else is crossing off, or writing anew, at this moment. */
export async function cross(db: Db, dialect: Dialect, told: readonly EstateTables["outbox"][]): Promise<void> {
  for (const part of chunks(told))
    await db
      .with("free", (inner) =>
        inner
          .selectFrom(given(dialect, part).as("given"))
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

/** The sequence of everything that a host should have been told. */
export async function sequencesOf(
  db: Db,
  host: string,
): Promise<{ readonly ref: ResourceRef; readonly sequence: number }[]> {
  const rows = await db.selectFrom("placements").select(["ref", "sequence"]).where("host", "=", host).execute();
  return rows.map(({ ref, sequence }) => ({ ref: ref as ResourceRef, sequence }));
}

/** What a host should have been told of these, as it is kept. */
export async function desiredOf(db: Db, host: string, refs: readonly ResourceRef[]): Promise<string[]> {
  const found: string[] = [];
  for (const part of chunks(refs)) {
    const here = db.selectFrom("placements").select("desired").where("host", "=", host);
    for (const { desired } of await here.where("ref", "in", part).execute()) found.push(desired);
  }
  return found;
}
