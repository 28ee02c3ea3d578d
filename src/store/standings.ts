import type { ExpressionBuilder } from "kysely";
import type { HostCondition } from "../model/report.ts";
import type { ResourceRef } from "../model/resource.ts";
import { chunks, type Db, type EstateTables } from "./tables.ts";

/** How a resource stands on a host, and what it should be there. */
export interface Standing {
  readonly ref: ResourceRef;
  readonly host: string;
  /** What the host has been told last. */
  readonly sequence: number;
  readonly revision: number;
  readonly gone: boolean;
  readonly condition: Omit<HostCondition, "ref"> | undefined;
}

/** Of what is placed: accepted, and not known to have been carried out. */
export const isOpen = (where: ExpressionBuilder<EstateTables, "placements" | "conditions">) =>
  where.or([
    where("conditions.sequence", "is", null),
    where("conditions.sequence", "<", where.ref("placements.sequence")),
  ]);

/** What is placed, and what was said of it. */
export const placed = (db: Db) =>
  db
    .selectFrom("placements")
    .leftJoin("conditions", (join) =>
      join.onRef("conditions.ref", "=", "placements.ref").onRef("conditions.host", "=", "placements.host"),
    );

/** Which of these have failed, and where. */
export const failedOf = (db: Db, refs: readonly ResourceRef[]): Promise<{ ref: string; host: string }[]> =>
  placed(db)
    .select(["placements.ref", "placements.host"])
    .where("placements.ref", "in", refs)
    .where("placements.gone", "=", 0)
    .where("conditions.state", "in", ["Failed", "Quarantined"])
    .whereRef("conditions.sequence", "=", "placements.sequence")
    .execute();

/** How resources stand, on all their hosts. */
export async function standings(db: Db, refs: readonly ResourceRef[]): Promise<Standing[]> {
  const all: Standing[] = [];
  for (const part of chunks(refs)) {
    const rows = await placed(db)
      .select([
        "placements.ref",
        "placements.host",
        "placements.sequence",
        "placements.revision",
        "placements.gone",
        "conditions.sequence as done",
        "conditions.revision as done_revision",
        "conditions.state",
        "conditions.message",
        "conditions.at",
      ])
      .where("placements.ref", "in", part)
      .orderBy("placements.ref")
      .orderBy("placements.host")
      .execute();
    for (const row of rows)
      all.push({
        ref: row.ref as ResourceRef,
        host: row.host,
        sequence: row.sequence,
        revision: row.revision,
        gone: row.gone === 1,
        condition:
          row.state === null
            ? undefined
            : {
                state: row.state as HostCondition["state"],
                message: row.message!,
                at: row.at!,
                sequence: row.done!,
                revision: row.done_revision!,
              },
      });
  }
  return all;
}

/** The hosts that have any of these, or are to have them, in the order of their names. */
export async function hostsOf(db: Db, refs: readonly ResourceRef[]): Promise<string[]> {
  const names = new Set<string>();
  for (const part of chunks(refs)) {
    const rows = await db
      .selectFrom("placements")
      .select("host")
      .where("ref", "in", part)
      .union(db.selectFrom("waiting").select("host").where("ref", "in", part))
      .execute();
    for (const { host } of rows) names.add(host);
  }
  return [...names].sort();
}
