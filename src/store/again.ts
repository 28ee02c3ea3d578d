import type { ResourceRef } from "../model/resource.ts";
import { appendAudit, type Signature, stated } from "./audit.ts";
import type { Dialect } from "./dialect.ts";
import { place, type ToPlace, toRecord } from "./placing.ts";
import { failedOf } from "./standings.ts";
import { chunks, type Db, type EstateTables } from "./tables.ts";

/**
 * Gives what is stated again, as it was, another chance: where a failure elsewhere has stopped it, and where it has
 * failed itself. Returns the latter.
 */
export async function goOn(
  whole: Db,
  dialect: Dialect,
  refs: readonly ResourceRef[],
  signature: Signature,
): Promise<ResourceRef[]> {
  const failed: { ref: string; host: string }[] = [];
  for (const part of chunks(refs)) {
    await whole.updateTable("waiting").set({ held: null }).where("ref", "in", part).execute();
    failed.push(...(await failedOf(whole, part)));
  }
  if (failed.length > 0)
    await whole.transaction().execute(async (db) => {
      await dialect.alone(db);
      await placeAgain(db, failed, signature);
    });
  return [...new Set(failed.map(({ ref }) => ref as ResourceRef))];
}

/** Lets hosts have again what they have already and could not carry out. */
async function placeAgain(
  db: Db,
  failed: readonly { readonly ref: string; readonly host: string }[],
  signature: Signature,
): Promise<void> {
  const hosts = Map.groupBy(failed, ({ ref }) => ref);
  const rows: EstateTables["resources"][] = [];
  for (const refs of chunks([...hosts.keys()]))
    rows.push(...(await db.selectFrom("resources").selectAll().where("ref", "in", refs).execute()));
  const records = rows.map(toRecord);
  const numbers = await appendAudit(
    db,
    records.map((record) => {
      const said = stated(record.resource);
      return { ref: record.ref, before: said, after: said, signature };
    }),
  );
  const changes = records.map((record): ToPlace => {
    const again = new Set(hosts.get(record.ref)!.map(({ host }) => host));
    return { ...record, sequence: numbers.get(record.ref)!, signature, again };
  });
  await place(db, changes);
}
