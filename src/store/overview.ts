import { sql } from "kysely";
import type { ConditionState } from "../model/condition.ts";
import type { ResourceRef } from "../model/resource.ts";
import { isOpen, placed } from "./standings.ts";
import type { Db } from "./tables.ts";

/** How a resource stands on a host, in a word and a sentence. */
export interface Shown {
  readonly ref: ResourceRef;
  readonly host: string;
  readonly state: ConditionState;
  readonly message: string;
}

/** The estate in numbers, and the first of what a person wants to know of. */
export interface Overview {
  readonly resources: number;
  /** By host: how many resources are in each state there. */
  readonly counts: Readonly<Record<string, Partial<Record<ConditionState, number>>>>;
  /** What failed, is quarantined or was changed by hand. */
  readonly troubles: readonly Shown[];
  readonly pending: readonly Shown[];
  /** What of that a failure on another host holds back. */
  readonly held: readonly Shown[];
}

const pending: ConditionState = "Pending";

/** One row for each resource and host. */
const standing = (db: Db) =>
  placed(db)
    .leftJoin("waiting", (join) =>
      join.onRef("waiting.ref", "=", "placements.ref").onRef("waiting.host", "=", "placements.host"),
    )
    .where("waiting.ref", "is", null)
    .select((each) => [
      "placements.ref",
      "placements.host",
      each.case().when(isOpen(each)).then(pending).else(each.ref("conditions.state")).end().as("state"),
      each
        .case()
        .when(isOpen(each))
        .then(each.case().when("placements.gone", "=", 1).then("is to go").else("accepted, not yet live").end())
        .else(each.ref("conditions.message"))
        .end()
        .as("message"),
    ])
    .unionAll(
      db
        .selectFrom("waiting")
        .select((each) => [
          "waiting.ref",
          "waiting.host",
          sql<string>`${sql.lit(pending)}`.as("state"),
          each.fn.coalesce("waiting.held", sql.lit("waits for its turn")).as("message"),
        ]),
    );

/** Which standings are asked for; without anything, all of them. */
export interface ShownQuery {
  readonly host?: string | undefined;
  readonly ref?: ResourceRef | undefined;
  readonly state?: ConditionState | undefined;
  /** What these have. */
  readonly tenants?: readonly string[] | undefined;
  /** Behind this one. */
  readonly after?: Pick<Shown, "ref" | "host"> | undefined;
  readonly limit?: number;
}

/** How things stand on hosts, ordered by resource and host. */
export async function shown(db: Db, { host, ref, state, tenants, after, limit }: ShownQuery = {}): Promise<Shown[]> {
  let query = db.selectFrom(standing(db).as("standing")).selectAll().orderBy("ref").orderBy("host");
  if (host !== undefined) query = query.where("host", "=", host);
  if (ref !== undefined) query = query.where("ref", "=", ref);
  if (state !== undefined) query = query.where("state", "=", state);
  if (tenants) query = query.where("ref", "in", refsOf(db, tenants));
  if (after)
    query = query.where((where) =>
      where.or([
        where("ref", ">", after.ref),
        where.and([where("ref", "=", after.ref), where("host", ">", after.host)]),
      ]),
    );
  if (limit !== undefined) query = query.limit(limit);
  return (await query.execute()) as Shown[];
}

/** What these tenants have. */
const refsOf = (db: Db, tenants: readonly string[]) =>
  db
    .selectFrom("resources")
    .select("ref")
    .where("tenant", "in", tenants.length > 0 ? tenants : [""]);

/** Lists hold `most` at most; the numbers count everything, or what some tenants have. */
export async function overview(db: Db, most: number, tenants?: readonly string[]): Promise<Overview> {
  const own = refsOf(db, tenants ?? []);
  const all = () => {
    const every = db.selectFrom(standing(db).as("standing"));
    return tenants ? every.where("ref", "in", own) : every;
  };
  const first = async (isWanted: (query: ReturnType<typeof all>) => ReturnType<typeof all>) =>
    (await isWanted(all()).selectAll().orderBy("ref").orderBy("host").limit(most).execute()) as Shown[];
  const numbers = await all()
    .select(({ fn }) => ["host", "state", fn.countAll().as("count")])
    .groupBy(["host", "state"])
    .execute();
  const counts: Record<string, Partial<Record<ConditionState, number>>> = {};
  for (const { host, state, count } of numbers)
    counts[host] = { ...counts[host], [state as ConditionState]: Number(count) };
  let waiting = db
    .selectFrom("waiting")
    .select(["ref", "host", sql<ConditionState>`${sql.lit(pending)}`.as("state"), "held as message"])
    .where("held", "is not", null)
    .orderBy("ref")
    .orderBy("host")
    .limit(most);
  let counted = db.selectFrom("resources").select(({ fn }) => fn.countAll().as("resources"));
  if (tenants) {
    waiting = waiting.where("ref", "in", own);
    counted = counted.where("ref", "in", own);
  }
  const held = await waiting.execute();
  const { resources } = await counted.executeTakeFirstOrThrow();
  return {
    resources: Number(resources),
    counts,
    troubles: await first((query) => query.where("state", "not in", ["Applied", pending])),
    pending: await first((query) => query.where("state", "=", pending)),
    held: held as Shown[],
  };
}
