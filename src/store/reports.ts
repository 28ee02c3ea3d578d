import type { ExpressionBuilder } from "kysely";
import type { HostCondition, HostReport } from "../model/report.ts";
import { type Dialect, given } from "./dialect.ts";
import { chunks, type Db, type EstateTables, excluded } from "./tables.ts";
import type { Told } from "./told.ts";

/**
 * Writes down what hosts say, where it is news: reports may come twice and late; a later change counts for more, of one
 * change the later word. What a host has not been told to have is not its business. Returns what is not as it was, and
 * whether it is the turn of one of them.
 */
export async function hear(
  db: Db,
  dialect: Dialect,
  reports: readonly HostReport[],
): Promise<{ readonly news: News[]; readonly isTurn: boolean }> {
  const news: News[] = [];
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
    const known = await knownOf(db, dialect, some);
    const part = some.flatMap((word) => asPlaced(word, known.get(keyOf(word))?.placed) ?? []);
    if (part.length > 0) {
      await keep(db, part);
      news.push(...part.flatMap((word) => newsOf(word, known.get(keyOf(word))!)));
    }
  }
  for (const { host, condition } of all) if (condition.gone) await forget(db, host, condition);
  const hosts = [...new Set(reports.map(({ host }) => host))];
  const turn = await db.selectFrom("turns").select("host").where("host", "in", hosts).limit(1).executeTakeFirst();
  return { news, isTurn: turn !== undefined };
}

const overtaken =
  "this host has had a later change of it than the control plane's database knows, which is older than its hosts; " +
  "state it again to have it as it is written there";

/** Nothing of what is not placed there. What a change has done that the database does not know is not what it says. */
function asPlaced(word: Word, placed: number | undefined): Word | undefined {
  if (placed === undefined) return undefined;
  const { condition } = word;
  if (condition.sequence <= placed) return word;
  return { ...word, condition: { ...condition, sequence: placed, state: "Failed", message: overtaken } };
}

type News = Omit<Told, "id" | "tenant">;

/** A word that says the same of the same change as the last one is none. */
function newsOf({ host, condition: { ref, state, message, at, sequence } }: Word, { said }: Known): News[] {
  if (said && (said.sequence > sequence || (said.sequence === sequence && said.state === state))) return [];
  return [{ at, host, is: state, ref, says: message, sequence }];
}

/** What a host has been told of a resource last, and has said of it. */
interface Known {
  /** The sequence. */
  readonly placed: number;
  readonly said: { readonly state: string; readonly sequence: number } | undefined;
}

const keyOf = ({ host, condition: { ref } }: Word): string => `${host} ${ref}`;

async function knownOf(db: Db, dialect: Dialect, words: readonly Word[]): Promise<Map<string, Known>> {
  const about = words.map(({ host, condition: { ref, sequence } }) => ({ host, ref, sequence }));
  const rows = await db
    .selectFrom(given(dialect, about).as("given"))
    .innerJoin("placements", (join) =>
      join.onRef("placements.ref", "=", "given.ref").onRef("placements.host", "=", "given.host"),
    )
    .leftJoin("conditions", (join) =>
      join.onRef("conditions.ref", "=", "given.ref").onRef("conditions.host", "=", "given.host"),
    )
    .select([
      ...(["placements.host", "placements.ref", "placements.sequence as placed"] as const),
      ...(["conditions.state", "conditions.sequence"] as const),
    ])
    .execute();
  return new Map(
    rows.map(({ host, ref, placed, state, sequence }) => [
      `${host} ${ref}`,
      { placed, said: state === null || sequence === null ? undefined : { state, sequence } },
    ]),
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

const isAt =
  ({ host, ref }: { readonly host: string; readonly ref: string }) =>
  (where: ExpressionBuilder<EstateTables, "conditions" | "placements">) =>
    where.and([where("host", "=", host), where("ref", "=", ref)]);

const toRow = ({ host, number, condition }: Word): EstateTables["conditions"] => {
  const { ref, sequence, revision, state, message, at } = condition;
  return { host, ref, sequence, revision, state, message, at, told: number };
};
