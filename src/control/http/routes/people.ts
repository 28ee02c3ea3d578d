import { z } from "@hono/zod-openapi";
import { kinds } from "../../../kinds/index.ts";
import { accountSchema } from "../../../model/account.ts";
import { tenantName } from "../../../model/resource.ts";
import { isAtLeast, roleSchema, visibleTenants } from "../../../model/role.ts";
import { quotaNames, tenantSchema, usageOf } from "../../../model/tenant.ts";
import { diskOf, mailOf } from "../../tenancy.ts";
import type { Around } from "../around.ts";
import { type Api, gives, json, operation, principalOf, type Variables } from "../operation.ts";
import { HttpProblem, notFound } from "../problem.ts";
import { peopleOf } from "./invitations.ts";

const kindsForTenants = kinds.filter(({ scope }) => scope === "tenant").map(({ name }) => name);

const tags = ["People"];
const byId = z.object({ id: z.string().min(1).max(100) });
const byName = z.object({ name: tenantName });

const listAccounts = operation("admin", [], {
  method: "get",
  path: "/v1/accounts",
  operationId: "listAccounts",
  tags,
  summary: "Who may sign in: for operators all, else those of one's own tenants",
  responses: { 200: gives("All.", z.array(accountSchema)) },
});

const changeAccount = operation("operator", [404, 422], {
  method: "patch",
  path: "/v1/accounts/{id}",
  operationId: "changeAccount",
  tags,
  summary: "Make somebody an operator, or keep somebody out",
  request: {
    params: byId,
    body: json(z.strictObject({ isOperator: z.boolean().optional(), isDisabled: z.boolean().optional() })),
  },
  responses: { 200: gives("As it is now.", accountSchema) },
});

const removeAccount = operation("operator", [404, 422], {
  method: "delete",
  path: "/v1/accounts/{id}",
  operationId: "removeAccount",
  tags,
  summary: "Remove an account, with its sessions, tokens and keys",
  request: { params: byId },
  responses: { 204: { description: "Gone." } },
});

const setRole = operation("admin", [404, 422], {
  method: "put",
  path: "/v1/tenants/{name}/members/{id}",
  operationId: "setRole",
  tags,
  summary: "What somebody is in a tenant",
  request: { params: byName.extend(byId.shape), body: json(z.strictObject({ role: roleSchema })) },
  responses: { 204: { description: "From now on." } },
});

const endRole = operation("admin", [404, 422], {
  method: "delete",
  path: "/v1/tenants/{name}/members/{id}",
  operationId: "endRole",
  tags,
  summary: "Somebody is nothing in a tenant any longer",
  request: { params: byName.extend(byId.shape) },
  responses: { 204: { description: "From now on." } },
});

const seen = tenantSchema
  .extend({
    usage: z
      .object(Object.fromEntries(quotaNames.map((name) => [name, z.int()])) as Record<string, z.ZodInt>)
      .describe("How much of each quota is used."),
  })
  .meta({ id: "TenantSeen" });

const listTenants = operation("viewer", [], {
  method: "get",
  path: "/v1/tenants",
  operationId: "listTenants",
  tags,
  summary: "Tenants: for operators all, else one's own",
  responses: { 200: gives("All.", z.array(tenantSchema)) },
});

const getTenant = operation("viewer", [404], {
  method: "get",
  path: "/v1/tenants/{name}",
  operationId: "getTenant",
  tags,
  summary: "A tenant, and how much of what it may have it uses",
  request: { params: byName },
  responses: { 200: gives("The tenant.", seen) },
});

const putTenant = operation("operator", [422], {
  method: "put",
  path: "/v1/tenants/{name}",
  operationId: "putTenant",
  tags,
  summary: "Make a tenant, or change what it may have",
  request: { params: byName, body: json(tenantSchema.omit({ name: true })) },
  responses: { 204: { description: "From now on." } },
});

const removeTenant = operation("operator", [404, 422], {
  method: "delete",
  path: "/v1/tenants/{name}",
  operationId: "removeTenant",
  tags,
  summary: "Remove a tenant that has nothing",
  request: { params: byName },
  responses: { 204: { description: "Gone." } },
});

/** Who there is, and whose records there can be. */
export function peopleRoutes(api: Api, { people, estate, fleet, now }: Around): void {
  const { accounts, tenants } = people;
  const signed = (actor: string, cause: string) => ({ at: now(), actor, cause });

  api.openapi(listAccounts, async (context) => {
    const principal = principalOf(context);
    const own = visibleTenants(principal)?.filter((tenant) => isAtLeast(principal, "admin", tenant));
    const all = await accounts.list(own);
    // Of somebody's other tenants, nobody is told.
    const shown = own
      ? all.map((account) => ({
          ...account,
          isOperator: false,
          tenants: Object.fromEntries(Object.entries(account.tenants).filter(([tenant]) => own.includes(tenant))),
        }))
      : all;
    return context.json(shown, 200);
  });

  api.openapi(changeAccount, async (context) => {
    const { id } = context.req.valid("param");
    const account = await accounts.get(id);
    if (!account) throw notFound("such account");
    const { isOperator = account.isOperator, isDisabled = account.isDisabled } = context.req.valid("json");
    const signature = signed(principalOf(context).name, `change ${account.email}`);
    return context.json(await accounts.change(id, { isOperator, isDisabled }, signature), 200);
  });

  api.openapi(removeAccount, async (context) => {
    const { id } = context.req.valid("param");
    const account = await accounts.get(id);
    if (!account) throw notFound("such account");
    await accounts.remove(id, signed(principalOf(context).name, `remove ${account.email}`));
    return context.body(null, 204);
  });

  /** An account that whoever asks may say something of: an operator of all, an admin of members of the tenant. */
  async function memberOf(context: { var: Variables }, name: string, id: string) {
    const principal = principalOf(context);
    if (!isAtLeast(principal, "admin", name) || !(await tenants.get(name))) throw notFound(`tenant ${name}`);
    const account = await accounts.get(id);
    if (!account || !(principal.isOperator || account.tenants[name])) throw notFound("such account");
    return { principal, account };
  }

  api.openapi(setRole, async (context) => {
    const { name, id } = context.req.valid("param");
    const { principal, account } = await memberOf(context, name, id);
    const { role } = context.req.valid("json");
    const signature = signed(principal.name, `make ${account.email} ${role} of ${name}`);
    await accounts.change(id, { tenants: { ...account.tenants, [name]: role } }, signature);
    return context.body(null, 204);
  });

  api.openapi(endRole, async (context) => {
    const { name, id } = context.req.valid("param");
    const { principal, account } = await memberOf(context, name, id);
    const { [name]: _, ...others } = account.tenants;
    await accounts.change(id, { tenants: others }, signed(principal.name, `take ${account.email} out of ${name}`));
    return context.body(null, 204);
  });

  api.openapi(listTenants, async (context) =>
    context.json(await tenants.list(visibleTenants(principalOf(context))), 200),
  );

  api.openapi(getTenant, async (context) => {
    const { name } = context.req.valid("param");
    const tenant = isAtLeast(principalOf(context), "viewer", name) ? await tenants.get(name) : undefined;
    if (!tenant) throw notFound(`tenant ${name}`);
    const used = {
      ...usageOf(await estate.ofTenant(name)),
      people: await peopleOf(people, name, now()),
      disk: await diskOf(fleet, name, now()),
      mail: await mailOf(fleet, name, now()),
    };
    return context.json({ ...tenant, usage: used }, 200);
  });

  api.openapi(putTenant, async (context) => {
    const { name } = context.req.valid("param");
    const tenant = { ...context.req.valid("json"), name };
    const unknown = tenant.kinds?.find((kind) => !kindsForTenants.includes(kind));
    if (unknown !== undefined) throw new HttpProblem(422, `there is no kind ${unknown} for tenants`);
    await tenants.put(tenant, signed(principalOf(context).name, `state tenant ${name}`));
    return context.body(null, 204);
  });

  api.openapi(removeTenant, async (context) => {
    const { name } = context.req.valid("param");
    if (!(await tenants.get(name))) throw notFound(`tenant ${name}`);
    await tenants.remove(name, signed(principalOf(context).name, `remove tenant ${name}`));
    return context.body(null, 204);
  });
}
