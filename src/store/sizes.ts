import type { HostReport } from "../model/report.ts";
import { chunks, type Db, excluded } from "./tables.ts";

/** Milliseconds after which a size counts no longer: the host measures several times a day. */
const life = 7 * 86_400_000;

/** How much records hold on their hosts. */
export interface Sizes {
  /** Bytes of all that a tenant has, on all hosts. */
  ofTenant(tenant: string, now: number): Promise<number>;
}

export const openSizes = (db: Db): Sizes => ({
  async ofTenant(tenant, now) {
    const { bytes } = await db
      .selectFrom("sizes")
      .innerJoin("resources", "resources.ref", "sizes.ref")
      .select(({ fn }) => fn.sum<number | string | null>("sizes.bytes").as("bytes"))
      .where("resources.tenant", "=", tenant)
      .where("sizes.at", ">", now - life)
      .executeTakeFirstOrThrow();
    return Number(bytes ?? 0);
  },
});

/** Writes down what hosts have measured, within a transaction. */
export async function keepSizes(db: Db, reports: readonly HostReport[], now: number): Promise<void> {
  const rows = new Map(
    reports.flatMap(({ host, report: { sizes = [] } }) =>
      sizes.map(({ ref, bytes }) => [`${host} ${ref}`, { host, ref, bytes, at: now }] as const),
    ),
  );
  // In one order, whoever writes.
  const ordered = [...rows].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row);
  for (const part of chunks(ordered))
    await db
      .insertInto("sizes")
      .values(part)
      .onConflict((conflict) => conflict.columns(["ref", "host"]).doUpdateSet(excluded("bytes", "at")))
      .execute();
}
