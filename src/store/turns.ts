import { milliseconds } from "../model/duration.ts";
import type { Strategy } from "../model/placement.ts";
import { groupsOf, nextTurns, type Turn } from "../model/turns.ts";
import type { Dialect } from "./dialect.ts";
import { knownGroups, placeableHosts, release } from "./placing.ts";
import { isOpen, placed } from "./standings.ts";
import type { Db, EstateTables } from "./tables.ts";

/** What has to be known besides the tables. */
export interface Around {
  readonly now: number;
  /** Whether a host has been heard of lately. */
  readonly isPresent: (host: string) => boolean;
  /** A host that is not heard of for so long during its turn has failed it. Milliseconds. */
  readonly lostAfter: number;
}

/**
 * Ends the turns of hosts that are done, and begins those whose turn it is. Safe to call at any time, by any control
 * plane; pauses end by being asked again.
 */
export function takeTurns(db: Db, dialect: Dialect, around: Around): Promise<void> {
  return db.transaction().execute(async (inside) => {
    await dialect.alone(inside);
    await endTurns(inside, around);
    await beginTurns(inside, around);
  });
}

async function endTurns(db: Db, { now, isPresent, lostAfter }: Around): Promise<void> {
  for (const { host, group_key: group, since, strategy } of await db.selectFrom("turns").selectAll().execute()) {
    const open = await placed(db)
      .select("placements.ref")
      .where("placements.host", "=", host)
      .where(isOpen)
      .limit(1)
      .executeTakeFirst();
    const isLost = open !== undefined && !isPresent(host) && now - since > lostAfter;
    if (open && !isLost) continue;
    const failure = isLost ? `${host} has not been heard of during its turn` : await failureOf(db, host, group, since);
    await db.deleteFrom("turns").where("host", "=", host).where("group_key", "=", group).execute();
    const { stopOn, pause } = JSON.parse(strategy) as Strategy;
    if (failure !== undefined && stopOn === "failure" && group !== "")
      await db.updateTable("waiting").set({ held: failure }).where("group_key", "=", group).execute();
    const until = now + (milliseconds(pause) ?? 0);
    await db.deleteFrom("pauses").where("group_key", "=", group).execute();
    if (until > now) await db.insertInto("pauses").values({ group_key: group, until }).execute();
  }
}

/** The first thing of a turn that went wrong. */
async function failureOf(db: Db, host: string, group: string, since: number): Promise<string | undefined> {
  const failed = await db
    .selectFrom("conditions")
    .innerJoin("placements", (join) =>
      join.onRef("conditions.ref", "=", "placements.ref").onRef("conditions.host", "=", "placements.host"),
    )
    .select(["conditions.ref", "conditions.message"])
    .where("conditions.host", "=", host)
    .where("conditions.state", "in", ["Failed", "Quarantined"])
    .where("placements.group_key", group === "" ? "is" : "=", group === "" ? null : group)
    .where("placements.released_at", ">=", since)
    .limit(1)
    .executeTakeFirst();
  return failed && `${failed.ref} failed on ${host}: ${failed.message}`;
}

async function beginTurns(db: Db, { now, isPresent }: Around): Promise<void> {
  const rows = await db
    .selectFrom("waiting")
    .select(["host", "group_key", "strategy"])
    .distinct()
    .where("held", "is", null)
    .execute();
  if (rows.length === 0) return;
  const pauses = new Map(
    (await db.selectFrom("pauses").selectAll().execute()).map(({ group_key: group, until }) => [group, until]),
  );
  const isPaused = ({ group_key: group }: { group_key: string }) => (pauses.get(group) ?? 0) > now;
  const waiting = strictest(rows.filter((row) => !isPaused(row)).map(toTurn));
  const busy = (await db.selectFrom("turns").select(["host", "group_key", "strategy"]).execute()).map(toTurn);
  const memberships = groupsOf(await placeableHosts(db), await knownGroups(db));
  // Who is away now takes what it missed when it comes back, and holds up nobody until then.
  const [here, away] = [waiting.filter(({ host }) => isPresent(host)), waiting.filter(({ host }) => !isPresent(host))];
  for (const { host, group } of away) await move(db, host, group, now);
  for (const { host, group, strategy } of nextTurns(here, busy, memberships)) {
    await move(db, host, group, now);
    await db
      .insertInto("turns")
      .values({ host, group_key: group, since: now, strategy: JSON.stringify(strategy) })
      .execute();
  }
}

const toTurn = ({
  host,
  group_key: group,
  strategy,
}: Pick<EstateTables["turns"], "host" | "group_key" | "strategy">) => ({
  host,
  group,
  strategy: JSON.parse(strategy) as Strategy,
});

/** Of resources that go to a host in one turn, the most careful one says how. */
function strictest(all: readonly Turn[]): Turn[] {
  const known = new Map<string, Turn>();
  const weight = ({ strategy: { batch, pause } }: Turn) =>
    (typeof batch === "number" ? batch : 100 + Number.parseInt(batch, 10)) * 1e12 - (milliseconds(pause) ?? 0);
  for (const each of all) {
    const key = `${each.host} ${each.group}`;
    const other = known.get(key);
    if (!other || weight(each) < weight(other)) known.set(key, each);
  }
  return [...known.values()];
}

/** What waited for a host is what it should have from now on. */
async function move(db: Db, host: string, group: string, now: number): Promise<void> {
  const rows = await db
    .selectFrom("waiting")
    .selectAll()
    .where("host", "=", host)
    .where("group_key", "=", group)
    .where("held", "is", null)
    .execute();
  await release(
    db,
    rows.map(({ ref, sequence, revision, desired }): EstateTables["placements"] => ({
      ref,
      host,
      sequence,
      revision,
      desired,
      gone: JSON.parse(desired).resource === null ? 1 : 0,
      group_key: group === "" ? null : group,
      released_at: now,
    })),
  );
  await db
    .deleteFrom("waiting")
    .where("host", "=", host)
    .where("group_key", "=", group)
    .where("held", "is", null)
    .execute();
}
