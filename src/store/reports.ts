import type { ExpressionBuilder } from "kysely";
import type { HostCondition, HostReport } from "../model/report.ts";
import type { Dialect } from "./dialect.ts";
import { chunks, type Db, type EstateTables, excluded } from "./tables.ts";

/**
 * Writes down what hosts say, where it is news: reports may come twice and late; a later change counts for more, of one
 * change the later word. What a host has not been told to have is not its business. Returns whether it is the turn of one
 * of them.
 */
export async function hear(db: Db, dialect: Dialect, reports: readonly HostReport[]): Promise<boolean> {
  const words = new Map<string, Word>();
  for (const { host, report } of reports)
    for (const condition of report.conditions) {
      const word = { host, number: report.number, condition };
      const key = `${host} ${condition.ref}`;
      const former = words.get(key);
      if (!former || isLater(word, former)) words.set(key, word);
    }
  // In one order, whoever writes: two who take the same rows in another wait for each other.
  const all = [...words.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, word]) => word);
  for (const some of chunks(all.filter(({ condition }) => !condition.gone))) {
    const told = await sequencesOf(db, dialect, some);
    const part = some.filter(
      ({ host, condition: { ref, sequence } }) => sequence <= (told.get(`${host} ${ref}`) ?? -1),
    );
    if (part.length > 0) await keep(db, part);
  }
  for (const { host, condition } of all) if (condition.gone) await forget(db, host, condition);
  const hosts = [...new Set(reports.map(({ host }) => host))];
  return (
    (await db.selectFrom("turns").select("host").where("host", "in", hosts).limit(1).executeTakeFirst()) !== undefined
  );
}

/** What a host has said of a resource. */
interface Word {
  readonly host: string;
  /** Of the report. */
  readonly number: number;
  readonly condition: HostCondition;
}

const isLater = (one: Word, other: Word): boolean =>
  one.condition.sequence === other.condition.sequence
    ? one.number >= other.number
    : one.condition.sequence > other.condition.sequence;

async function keep(db: Db, words: readonly Word[]): Promise<void> {
  await db
    .insertInto("conditions")
    .values(words.map(toRow))
    .onConflict((conflict) =>
      conflict
        .columns(["ref", "host"])
        .doUpdateSet(excluded("sequence", "revision", "state", "message", "at", "told"))
        .where((row) =>
          row.or([
            row("conditions.sequence", "<", row.ref("excluded.sequence")),
            row.and([
              row("conditions.sequence", "=", row.ref("excluded.sequence")),
              row("conditions.told", "<=", row.ref("excluded.told")),
            ]),
          ]),
        ),
    )
    .execute();
}

async function forget(db: Db, host: string, { ref, sequence }: HostCondition): Promise<void> {
  const here = { host, ref };
  await db.deleteFrom("conditions").where(isAt(here)).where("sequence", "<=", sequence).execute();
  await db.deleteFrom("placements").where(isAt(here)).where("sequence", "<=", sequence).where("gone", "=", 1).execute();
}

async function sequencesOf(db: Db, dialect: Dialect, words: readonly Word[]): Promise<Map<string, number>> {
  const about = words.map(({ host, condition: { ref, sequence } }) => ({ host, ref, sequence }));
  const rows = await db
    .selectFrom(dialect.given(about).as("given"))
    .innerJoin("placements", (join) =>
      join.onRef("placements.ref", "=", "given.ref").onRef("placements.host", "=", "given.host"),
    )
    .select(["placements.host", "placements.ref", "placements.sequence"])
    .execute();
  return new Map(rows.map(({ host, ref, sequence }) => [`${host} ${ref}`, sequence]));
}

const isAt =
  ({ host, ref }: { readonly host: string; readonly ref: string }) =>
  (where: ExpressionBuilder<EstateTables, "conditions" | "placements">) =>
    where.and([where("host", "=", host), where("ref", "=", ref)]);

const toRow = ({ host, number, condition }: Word): EstateTables["conditions"] => {
  const { ref, sequence, revision, state, message, at } = condition;
  return { host, ref, sequence, revision, state, message, at, told: number };
};
