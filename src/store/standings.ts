import type { HostCondition, Report } from "../model/report.ts";
import type { ResourceRef } from "../model/resource.ts";
import { chunks, type Db } from "./tables.ts";

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

/** Writes down what a host says, where it is news. */
export async function hear(db: Db, host: string, { number, conditions }: Report): Promise<void> {
  for (const part of chunks(conditions)) {
    const known = await newestOf(db, host, part);
    const news = part.filter((each) => isNews(each, number, known.get(each.ref)));
    const gone = news.filter((each) => each.gone).map(({ ref }) => ref);
    const rows = news.filter((each) => !each.gone).map((each) => toRow(host, number, each));
    const refs = news.map(({ ref }) => ref);
    if (refs.length > 0) await db.deleteFrom("conditions").where("host", "=", host).where("ref", "in", refs).execute();
    if (rows.length > 0) await db.insertInto("conditions").values(rows).execute();
    if (gone.length > 0)
      await db
        .deleteFrom("placements")
        .where("host", "=", host)
        .where("ref", "in", gone)
        .where("gone", "=", 1)
        .execute();
  }
}

/** How resources stand, on all hosts or one. */
export async function standings(db: Db, refs?: readonly ResourceRef[], host?: string): Promise<Standing[]> {
  const all: Standing[] = [];
  for (const part of refs ? chunks(refs) : [undefined]) {
    let query = db
      .selectFrom("placements")
      .leftJoin("conditions", (join) =>
        join.onRef("conditions.ref", "=", "placements.ref").onRef("conditions.host", "=", "placements.host"),
      )
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
      .orderBy("placements.ref")
      .orderBy("placements.host");
    if (part) query = query.where("placements.ref", "in", part);
    if (host !== undefined) query = query.where("placements.host", "=", host);
    for (const row of await query.execute())
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

const toRow = (host: string, told: number, { ref, sequence, revision, state, message, at }: HostCondition) => ({
  host,
  ref,
  sequence,
  revision,
  state,
  message,
  at,
  told,
});

async function newestOf(db: Db, host: string, conditions: readonly HostCondition[]) {
  const refs = conditions.map(({ ref }) => ref);
  const rows = await db
    .selectFrom("conditions")
    .select(["ref", "sequence", "told"])
    .where("host", "=", host)
    .where("ref", "in", refs)
    .execute();
  return new Map<string, { sequence: number; told: number }>(rows.map((row) => [row.ref, row]));
}

/** Reports may come twice and late: a later change counts for more, of one change the later word. */
const isNews = (said: HostCondition, number: number, known: { sequence: number; told: number } | undefined): boolean =>
  !known || said.sequence > known.sequence || (said.sequence === known.sequence && number >= known.told);
