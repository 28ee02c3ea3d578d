import { z } from "@hono/zod-openapi";
import { type ResourceRef, tenantName } from "../../../model/resource.ts";
import { isAtLeast, type Principal, visibleTenants } from "../../../model/role.ts";
import { progressOf } from "../../following.ts";
import type { Around } from "../around.ts";
import { cursorOf, positionIn } from "../cursor.ts";
import { type Api, gives, json, operation, principalOf } from "../operation.ts";
import { refSchema } from "../ref.ts";
import { states } from "../shown.ts";

/** So many records are followed at once. */
const most = 10_000;

const tags = ["Conditions"];
const standing = z
  .object({ ref: z.string(), host: z.string(), state: z.enum(states), message: z.string() })
  .meta({ id: "Standing" });

const list = operation("viewer", [], {
  method: "get",
  path: "/v1/conditions",
  operationId: "listConditions",
  tags,
  summary: "How records stand on hosts, a page at a time",
  request: {
    query: z.strictObject({
      ref: refSchema.optional(),
      host: z.string().max(63).optional(),
      tenant: tenantName.optional(),
      state: z.enum(states).optional(),
      cursor: z.string().max(600).optional().describe("`next` of the page before."),
      limit: z.coerce.number().int().min(1).max(500).default(100),
    }),
  },
  responses: {
    200: gives("A page.", z.object({ items: z.array(standing), next: z.string().optional() })),
  },
});

const progress = operation("viewer", [], {
  method: "post",
  path: "/v1/progress",
  operationId: "progress",
  tags,
  summary: "How far hosts are with these records, right now; nothing is changed",
  request: {
    body: json(
      z
        .strictObject({ refs: z.array(refSchema).max(most), hosts: z.array(z.string().max(63)).max(most) })
        .meta({ id: "Followed" }),
    ),
  },
  responses: {
    200: gives(
      "For each host; nobody has to wait longer for who is not `waiting` or `working`.",
      z.array(
        z
          .object({
            host: z.string(),
            state: z.enum(["waiting", "working", "done", "failed", "held", "away"]),
            detail: z.string(),
            troubles: z.array(standing.omit({ host: true })),
          })
          .meta({ id: "HostProgress" }),
      ),
    ),
  },
});

/** Where a page of the list ends. */
const position = z.strictObject({ ref: refSchema, host: z.string() });

/** How records stand on hosts. */
export function standingRoutes(api: Api, { control, estate, fleet }: Around): void {
  /** Of what is there no longer, the log says whose it was. */
  async function visible(principal: Principal, refs: readonly ResourceRef[]): Promise<ResourceRef[]> {
    if (principal.isOperator) return [...refs];
    const stored = await estate.find(refs);
    const own: ResourceRef[] = [];
    for (const each of refs) {
      const tenant = stored.has(each) ? stored.get(each)!.tenant : (await estate.audit(1, { ref: each })).at(0)?.tenant;
      if (isAtLeast(principal, "viewer", tenant)) own.push(each);
    }
    return own;
  }

  api.openapi(list, async (context) => {
    const { ref, host, tenant, state, cursor, limit } = context.req.valid("query");
    const own = visibleTenants(principalOf(context));
    const tenants = tenant === undefined ? own : own === undefined || own.includes(tenant) ? [tenant] : [];
    const query = { ref, host, state, tenants, after: positionIn(cursor, position) };
    const found = await fleet.shown({ ...query, limit: limit + 1 });
    const items = found.slice(0, limit);
    const last = items.at(-1);
    const next = found.length > limit && last && cursorOf({ ref: last.ref, host: last.host });
    return context.json({ items, ...(next && { next }) }, 200);
  });

  api.openapi(progress, async (context) => {
    const { refs, hosts } = context.req.valid("json");
    const own = await visible(principalOf(context), refs);
    const outcomes = own.length === 0 ? [] : await progressOf(control, own, hosts);
    return context.json(
      outcomes.map(({ host, state, detail, troubles }) => ({ host, state, detail, troubles: [...troubles] })),
      200,
    );
  });
}
