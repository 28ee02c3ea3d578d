import type { ResourceRef } from "../../model/resource.ts";
import { appendAudit, type Signature } from "../audit.ts";
import type { Dialect } from "../dialect.ts";
import type { Db } from "../tables.ts";

/** Does something within a transaction in which nobody else writes to the estate, with an entry in the audit log. */
export type Audited = <T>(signature: Signature, work: (db: Db) => Promise<Change<T>>) => Promise<T>;

export interface Change<T> {
  readonly ref: `${"Tenant" | "Account"}/${string}`;
  readonly before?: unknown;
  readonly after?: unknown;
  readonly result: T;
}

export const auditing =
  (db: Db, dialect: Dialect): Audited =>
  (signature, work) =>
    db.transaction().execute(async (inside) => {
      await dialect.alone(inside);
      const { ref, before, after, result } = await work(inside);
      if (JSON.stringify(before) !== JSON.stringify(after))
        await appendAudit(inside, [{ ref: ref as ResourceRef, before, after, signature }]);
      return result;
    });
