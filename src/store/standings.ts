import type { ExpressionBuilder } from "kysely";
import type { HostCondition, Report } from "../model/report.ts";
import type { ResourceRef } from "../model/resource.ts";
import { placed } from "./overview.ts";
import { chunks, type Db, type EstateTables, excluded } from "./tables.ts";

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

/**
 * Writes down what a host says, where it is news: reports may come twice and late; a later change counts for more, of one
 * change the later word. What it has not been told to have is not its business.
 */
export async function hear(db: Db, host: string, { number, conditions }: Report): Promise<void> {
  const said = conditions.filter(({ gone }) => !gone);
  for (const some of chunks(said)) {
    const told = await sequencesOf(
      db,
      host,
      some.map(({ ref }) => ref),
    );
    const part = some.filter(({ ref, sequence }) => sequence <= (told.get(ref) ?? -1));
    if (part.length === 0) continue;
    await db
      .insertInto("conditions")
      .values(part.map((each) => toRow(host, number, each)))
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
  for (const { ref, sequence } of conditions.filter(({ gone }) => gone)) {
    const here = { host, ref };
    await db.deleteFrom("conditions").where(isAt(here)).where("sequence", "<=", sequence).execute();
    await db
      .deleteFrom("placements")
      .where(isAt(here))
      .where("sequence", "<=", sequence)
      .where("gone", "=", 1)
      .execute();
  }
}

async function sequencesOf(db: Db, host: string, refs: readonly ResourceRef[]): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom("placements")
    .select(["ref", "sequence"])
    .where("host", "=", host)
    .where("ref", "in", refs)
    .execute();
  return new Map(rows.map(({ ref, sequence }) => [ref, sequence]));
}

const isAt =
  ({ host, ref }: { readonly host: string; readonly ref: string }) =>
  (where: ExpressionBuilder<EstateTables, "conditions" | "placements">) =>
    where.and([where("host", "=", host), where("ref", "=", ref)]);

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
