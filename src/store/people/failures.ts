import type { Db } from "../tables.ts";

/** From the first failure that is not forgiven on each doubles the wait, up to the last. Milliseconds. */
const [firstWait, lastWait] = [30_000, 3_600_000];

/** After so long without one, they are forgotten. Milliseconds. */
const memory = 86_400_000;

export type Failures = ReturnType<typeof openFailures>;

/** Whose failures are counted, and how many of them are forgiven. */
export interface Subject {
  readonly name: string;
  readonly forgiven: number;
}

/** How long whoever has failed so often waits from the last time on. Milliseconds. */
export const waitAfter = (count: number, forgiven: number): number =>
  count < forgiven ? 0 : Math.min(lastWait, firstWait * 2 ** (count - forgiven));

/** Who has failed to sign in: counted for an account, and for the address from which it is tried. */
export function openFailures(db: Db) {
  return {
    /** Until when nobody is let in for one of these, even with the right words; `undefined`: not locked. */
    async lockedUntil(subjects: readonly Subject[], now: number): Promise<number | undefined> {
      const forgiven = new Map(subjects.map((subject) => [subject.name, subject.forgiven]));
      const rows = await db
        .selectFrom("failures")
        .selectAll()
        .where("subject", "in", [...forgiven.keys()])
        .execute();
      const until = Math.max(
        0,
        ...rows.map(({ subject, count, last_at }) => last_at + waitAfter(count, forgiven.get(subject)!)),
      );
      return until > now ? until : undefined;
    },
    async count(subjects: readonly Subject[], now: number): Promise<void> {
      for (const { name: subject } of subjects)
        await db
          .insertInto("failures")
          .values({ subject, count: 1, last_at: now })
          .onConflict((conflict) =>
            conflict.column("subject").doUpdateSet((row) => ({
              count: row("failures.count", "+", 1),
              last_at: now,
            })),
          )
          .execute();
    },
    async forget(subjects: readonly Subject[]): Promise<void> {
      const names = subjects.map(({ name }) => name);
      await db.deleteFrom("failures").where("subject", "in", names).execute();
    },
    async forgetOld(now: number): Promise<void> {
      await db
        .deleteFrom("failures")
        .where("last_at", "<=", now - memory)
        .execute();
    },
  };
}
