import { sql } from "kysely";
import type { Figures } from "../model/figures.ts";
import type { HostEvent } from "../model/happening.ts";
import { type PoolMember, poolMemberSchema } from "../model/pool-member.ts";
import type { Dialect } from "./dialect.ts";
import { toHost } from "./fleet-host.ts";
import { overview } from "./overview.ts";
import type { Db } from "./tables.ts";

/** What there is to measure of all hosts that have joined; bans are counted by the database. */
export async function fleetFigures(
  db: Db,
  { secondWord }: Pick<Dialect, "secondWord">,
  now: number,
): Promise<Figures[]> {
  const hosts = (await db.selectFrom("hosts").selectAll().orderBy("name").execute()).map(toHost);
  const { counts } = await overview(db, 0);
  const lasting = db.selectFrom("observations").where("value", "is not", null).where("until", ">", now);
  const bans = await lasting
    .where("watch", "=", "bans")
    .select(({ fn }) => ["host", secondWord(sql.ref("key")).as("jail"), fn.countAll().as("count")])
    .groupBy(["host", sql`2`])
    .execute();
  const pools = await lasting.where("watch", "=", "pools").select(["host", "value"]).orderBy("key").execute();
  const latest = await db
    .selectFrom("events")
    .select(({ fn }) => ["host", "event", fn.max("at").as("at")])
    .groupBy(["host", "event"])
    .execute();
  const of = <Row extends { readonly host: string }>(rows: readonly Row[]) => Map.groupBy(rows, ({ host }) => host);
  const [bansOf, poolsOf, latestOf] = [of(bans), of(pools), of(latest)];
  return hosts.flatMap(({ name, state, seenAt }): Figures[] => {
    if (seenAt === undefined) return [];
    return [
      {
        host: name,
        seenAt,
        ...(state && { version: state.version, generation: state.generation }),
        conditions: counts[name] ?? {},
        bans: Object.fromEntries((bansOf.get(name) ?? []).map(({ jail, count }) => [jail, Number(count)])),
        // Whatever a host says of its pools, here they are pools.
        pools: (poolsOf.get(name) ?? []).flatMap(({ value }): readonly PoolMember[] => {
          const { data } = poolMemberSchema.safeParse(JSON.parse(value!));
          return data ? [data] : [];
        }),
        latest: Object.fromEntries(
          (latestOf.get(name) ?? []).map(({ event, at }) => [event as HostEvent["is"], Number(at)]),
        ),
      },
    ];
  });
}
