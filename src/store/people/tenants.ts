import { UserError } from "../../model/problem.ts";
import { fromQuotas, type Tenant, tenantSchema } from "../../model/tenant.ts";
import type { Signature } from "../audit.ts";
import type { Db, EstateTables } from "../tables.ts";
import type { Audited } from "./audited.ts";

export type Tenants = ReturnType<typeof openTenants>;

/** Whose records there can be. */
export function openTenants(db: Db, audited: Audited) {
  const get = async (name: string, inside = db): Promise<Tenant | undefined> => {
    const row = await inside.selectFrom("tenants").selectAll().where("name", "=", name).executeTakeFirst();
    return row && toTenant(row);
  };
  return {
    get: (name: string) => get(name),
    /** In the order of their names; of all, or of these. */
    async list(names?: readonly string[]): Promise<Tenant[]> {
      if (names?.length === 0) return [];
      let query = db.selectFrom("tenants").selectAll().orderBy("name");
      if (names) query = query.where("name", "in", names);
      return (await query.execute()).map(toTenant);
    },
    /** Makes it, or changes it. Returns whether it is new. */
    put: (tenant: Tenant, signature: Signature): Promise<boolean> =>
      audited(signature, async (inside) => {
        const { name, title, ...limits } = tenant;
        const before = await get(name, inside);
        const row = { title, limits: JSON.stringify(limits) };
        if (before) await inside.updateTable("tenants").set(row).where("name", "=", name).execute();
        else
          await inside
            .insertInto("tenants")
            .values({ name, ...row, created_at: signature.at })
            .execute();
        return { ref: `Tenant/${name}`, before, after: tenant, result: before === undefined };
      }),
    /** One that has records stays. */
    remove: (name: string, signature: Signature): Promise<void> =>
      audited(signature, async (inside) => {
        const before = await get(name, inside);
        if (!before) throw new UserError(`there is no tenant ${name}`);
        const { count } = await inside
          .selectFrom("resources")
          .select(({ fn }) => fn.countAll().as("count"))
          .where("tenant", "=", name)
          // What follows from its quotas goes with it.
          .where("source", "<>", fromQuotas)
          .executeTakeFirstOrThrow();
        if (Number(count) > 0)
          throw new UserError(`${name} has ${count} ${Number(count) === 1 ? "record" : "records"}; delete them first`);
        await inside.deleteFrom("members").where("tenant", "=", name).execute();
        await inside.deleteFrom("invitations").where("tenant", "=", name).execute();
        await inside.deleteFrom("api_tokens").where("tenant", "=", name).execute();
        await inside.deleteFrom("tenants").where("name", "=", name).execute();
        return { ref: `Tenant/${name}`, before, result: undefined };
      }),
    /** An operator looks at what it sees; the log says so. */
    lookedAt: (name: string, signature: Signature): Promise<void> =>
      audited(signature, async () => ({ ref: `Tenant/${name}`, after: "looked at", result: undefined })),
  };
}

const toTenant = ({ name, title, limits }: EstateTables["tenants"]): Tenant =>
  tenantSchema.parse({ name, title, ...JSON.parse(limits) });
