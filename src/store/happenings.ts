import type { HostEvent, Observation } from "../model/happening.ts";
import type { HostReport } from "../model/report.ts";
import type { ResourceRef } from "../model/resource.ts";
import { keepSizes } from "./sizes.ts";
import { chunks, type Db, excluded } from "./tables.ts";
import type { Told } from "./told.ts";

/** Milliseconds for which events are kept. */
const memory = 30 * 86_400_000;

/** An event, and where it happened. */
export type EventOnHost = HostEvent & { readonly host: string };

/** What a watch of a host has found. */
export type ObservedOnHost = Required<Observation> & { readonly host: string };

/**
 * Writes down what has happened on hosts and what their watches have found. Events have names, so one that comes again is
 * known; of what is said of the same observation, the later report counts.
 */
export async function keepHappenings(
  db: Db,
  reports: readonly HostReport[],
  now: number,
): Promise<Omit<Told, "id" | "tenant">[]> {
  await keepSizes(
    db,
    reports.filter(({ report: { sizes } }) => sizes),
    now,
  );
  const telling = reports.filter(({ report: { events, observations, anew } }) => events ?? observations ?? anew);
  if (telling.length === 0) return [];
  const names = [...new Set(telling.map(({ host }) => host))];
  const rows = await db.selectFrom("hosts").select("name").where("name", "in", names).execute();
  const known = new Set(rows.map(({ name }) => name));
  // In one order, whoever writes: two who take the same rows in another wait for each other.
  const all = telling.filter(({ host }) => known.has(host)).sort(byHost);
  const news = await keepEvents(db, all, now);
  await keepObservations(
    db,
    all.filter(({ report: { observations, anew } }) => observations ?? anew),
  );
  return news;
}

const byHost = (one: HostReport, other: HostReport): number =>
  one.host === other.host ? one.report.number - other.report.number : one.host < other.host ? -1 : 1;

async function keepEvents(db: Db, reports: readonly HostReport[], now: number): Promise<Omit<Told, "id" | "tenant">[]> {
  const rows = reports.flatMap(({ host, report: { events = [] } }) =>
    events.map(({ is, says, log, number, at }) => ({ host, log, number, at, heard_at: now, event: is, says })),
  );
  const kept = [];
  for (const some of chunks(rows))
    kept.push(
      ...(await db
        .insertInto("events")
        .values(some)
        .onConflict((conflict) => conflict.columns(["host", "log", "number", "at"]).doNothing())
        .returning(["host", "log", "number", "at", "event", "says"])
        .execute()),
    );
  const about = await ownRefs(db, reports);
  return kept.map(({ host, log, number, at, event, says }) => {
    const ref = about.get(`${host} ${log} ${number}`);
    return { host, at, is: event, says, ...(ref !== undefined && { ref }) };
  });
}

/** What events are about, by their hosts and numbers, where it is the host's own: of what is not, it has nothing to say. */
async function ownRefs(db: Db, reports: readonly HostReport[]): Promise<Map<string, ResourceRef>> {
  const all = reports.flatMap(({ host, report: { events = [] } }) =>
    events.flatMap(({ log, number, ref }) =>
      ref === undefined ? [] : [{ key: `${host} ${log} ${number}`, host, ref }],
    ),
  );
  const own = new Set<string>();
  for (const some of chunks(all)) {
    const rows = await db
      .selectFrom("placements")
      .select(["ref", "host"])
      .where("ref", "in", [...new Set(some.map(({ ref }) => ref))])
      .execute();
    for (const { ref, host } of rows) own.add(`${host} ${ref}`);
  }
  return new Map(all.flatMap(({ key, host, ref }) => (own.has(`${host} ${ref}`) ? [[key, ref] as const] : [])));
}

async function keepObservations(db: Db, reports: readonly HostReport[]): Promise<void> {
  if (reports.length === 0) return;
  const anew = new Map<string, number>();
  for (const { host, report } of reports)
    if (report.anew !== undefined) anew.set(host, Math.max(anew.get(host) ?? 0, report.anew));
  for (const [host, number] of anew) {
    await db
      .insertInto("told_anew")
      .values({ host, number })
      .onConflict((conflict) =>
        conflict
          .column("host")
          .doUpdateSet(excluded("number"))
          .where((row) => row("told_anew.number", "<", row.ref("excluded.number"))),
      )
      .execute();
    await db.deleteFrom("observations").where("host", "=", host).where("told", "<", number).execute();
  }
  const hosts = [...new Set(reports.map(({ host }) => host))];
  const floors = new Map(
    (await db.selectFrom("told_anew").selectAll().where("host", "in", hosts).execute()).map(({ host, number }) => [
      host,
      number,
    ]),
  );
  const latest = new Map(
    reports.flatMap(({ host, report: { number, observations = [] } }) =>
      number < (floors.get(host) ?? 0)
        ? []
        : observations.map(({ watch, key, value, until }) => {
            const text = value === undefined ? null : JSON.stringify(value);
            return [`${host} ${watch} ${key}`, { host, watch, key, value: text, until, told: number }] as const;
          }),
    ),
  );
  const rows = [...latest].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row);
  for (const some of chunks(rows))
    await db
      .insertInto("observations")
      .values(some)
      .onConflict((conflict) =>
        conflict
          .columns(["host", "watch", "key"])
          .doUpdateSet(excluded("value", "until", "told"))
          .where((row) => row("observations.told", "<=", row.ref("excluded.told"))),
      )
      .execute();
}

export type Happenings = ReturnType<typeof openHappenings>;

export const openHappenings = (db: Db) => ({
  /** The latest events, newest first. */
  async events({ host, limit }: { host?: string; limit: number }): Promise<EventOnHost[]> {
    const rows = await db
      .selectFrom("events")
      .selectAll()
      .$if(host !== undefined, (query) => query.where("host", "=", host!))
      .orderBy("at", "desc")
      .orderBy("number", "desc")
      .limit(limit)
      .execute();
    return rows.map(({ host, log, number, at, event, says }) => {
      const [is, kept] = [event as HostEvent["is"], log as HostEvent["log"]];
      return { host, is, says, log: kept, number, at };
    });
  },

  /** What a watch has found and is so still, on all hosts or one. */
  async observed(of: { watch: Observation["watch"]; host?: string; now: number }): Promise<ObservedOnHost[]> {
    const rows = await db
      .selectFrom("observations")
      .selectAll()
      .where("watch", "=", of.watch)
      .where("value", "is not", null)
      .where("until", ">", of.now)
      .$if(of.host !== undefined, (query) => query.where("host", "=", of.host!))
      .orderBy("host")
      .orderBy("key")
      .execute();
    return rows.map(({ host, key, value, until }) => ({
      host,
      watch: of.watch,
      key,
      until,
      value: JSON.parse(value!) as unknown,
    }));
  },

  /** What is too old to be asked for goes. */
  async forgetOld(now: number): Promise<void> {
    await db
      .deleteFrom("events")
      .where("heard_at", "<", now - memory)
      .execute();
    await db.deleteFrom("observations").where("until", "<", now).execute();
  },
});

/** Tables of what a host's watches have found; it is not true of another machine of that name. */
export const ofWatches = ["observations", "told_anew"] as const;
