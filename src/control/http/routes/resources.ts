import { z } from "@hono/zod-openapi";
import { kindNamed } from "../../../kinds/index.ts";
import { placementSchema } from "../../../model/placement.ts";
import { type ResourceRef, refOf, tenantName } from "../../../model/resource.ts";
import { isAtLeast, type Principal, visibleTenants } from "../../../model/role.ts";
import type { Stored } from "../../../store/records.ts";
import { orders } from "../../../store/resource-list.ts";
import type { Received } from "../../receive.ts";
import { secretsOf } from "../../stating.ts";
import { acceptedOf, acceptedSchema } from "../accepted.ts";
import type { Applying } from "../applying.ts";
import type { Around } from "../around.ts";
import { cursorOf, positionIn } from "../cursor.ts";
import { mergePatch } from "../merge-patch.ts";
import { type Api, gives, json, operation, principalOf } from "../operation.ts";
import { HttpProblem, notFound } from "../problem.ts";
import { conditionSchema, listedSchema, shown, states, toCondition } from "../shown.ts";

const kindParameter = z
  .string()
  .max(64)
  .regex(/^[A-Z][A-Za-z0-9]*$/)
  .meta({ example: "Site" });
const nameParameter = z.string().min(1).max(253).meta({ example: "shop.example.com" });
const which = z.object({ kind: kindParameter, name: nameParameter });

const written = z.record(z.string(), z.unknown()).describe("See `/v1/kinds` for what a kind has.");

const whole = z
  .object({
    kind: z.string(),
    name: z.string(),
    tenant: tenantName.optional(),
    placement: placementSchema.optional(),
    spec: written,
    revision: z.int(),
    changedAt: z.int(),
    conditions: z.array(conditionSchema),
    mayChange: z.boolean().describe("Whether whoever asks may change it."),
  })
  .meta({ id: "Resource" });

const statement = z
  .strictObject({ tenant: tenantName.optional(), placement: placementSchema.optional(), spec: written })
  .meta({ id: "Statement" });

const ifMatch = z.object({
  "if-match": z
    .string()
    .regex(/^(\*|"\d+")$/, 'must be a revision in quotes, like "3", or *')
    .optional()
    .describe('The revision that you have seen, as `ETag` said it; `*`: whichever there is. `"0"`: none.'),
});

/** Where a page of the list ends. */
const position = z.strictObject({ value: z.union([z.string(), z.number()]), ref: z.string() });

const list = operation("viewer", [], {
  method: "get",
  path: "/v1/resources",
  operationId: "listResources",
  tags: ["Resources"],
  summary: "The records, a page at a time",
  request: {
    query: z.strictObject({
      kind: kindParameter.optional(),
      search: z.string().max(253).optional().describe("Part of the name."),
      tenant: tenantName.optional(),
      host: z.string().max(63).optional(),
      state: z.enum(states).optional().describe("So on any host."),
      with: z.literal("spec").optional().describe("Also what is stated: `spec` and `placement`."),
      order: z.enum(orders).default("name"),
      cursor: z.string().max(600).optional().describe("`next` of the page before."),
      limit: z.coerce.number().int().min(1).max(500).default(50),
    }),
  },
  responses: {
    200: gives("A page.", z.object({ items: z.array(listedSchema), next: z.string().optional() })),
  },
});

const get = operation("viewer", [404], {
  method: "get",
  path: "/v1/resources/{kind}/{name}",
  operationId: "getResource",
  tags: ["Resources"],
  summary: "One record, and how it stands",
  request: { params: which },
  responses: {
    200: {
      description: "The record; `ETag` is its revision.",
      headers: z.object({ ETag: z.string() }),
      content: { "application/json": { schema: whole } },
    },
  },
});

const put = operation("member", [404, 409, 412, 422], {
  method: "put",
  path: "/v1/resources/{kind}/{name}",
  operationId: "putResource",
  tags: ["Resources"],
  summary: "State a record as a whole: it is made, or replaced",
  request: {
    params: which,
    headers: ifMatch,
    body: json(statement),
  },
  responses: {
    200: gives("Accepted; hosts carry it out.", acceptedSchema),
  },
});

const patch = operation("member", [404, 409, 412, 422], {
  method: "patch",
  path: "/v1/resources/{kind}/{name}",
  operationId: "patchResource",
  tags: ["Resources"],
  summary: "Change some fields of a record (RFC 7396: `null` takes a field away)",
  request: {
    params: which,
    headers: ifMatch,
    body: json(
      z.strictObject({
        tenant: tenantName.nullable().optional(),
        placement: placementSchema.nullable().optional(),
        spec: written.optional(),
      }),
    ),
  },
  responses: { 200: gives("Accepted.", acceptedSchema) },
});

const remove = operation("member", [404, 409, 412, 422], {
  method: "delete",
  path: "/v1/resources/{kind}/{name}",
  operationId: "deleteResource",
  tags: ["Resources"],
  summary: "Remove a record; hosts take away what it came to",
  request: { params: which, headers: ifMatch },
  responses: { 200: gives("Accepted.", acceptedSchema) },
});

/** Records, one by one. */
export function resourceRoutes(api: Api, { estate, fleet }: Around, applying: Applying): void {
  const refOfParameters = ({ kind, name }: z.output<typeof which>, isNew = false): ResourceRef => {
    const known = kindNamed(kind);
    if (!known) throw new HttpProblem(404, `there is no kind ${kind}`);
    const normal = known.normaliseName(name);
    if ("problem" in normal) throw new HttpProblem(isNew ? 422 : 404, normal.problem);
    return refOf({ kind, name: normal.name });
  };
  /** Whoever reads it sees that there is a secret, and can state it again, but not what it is. */
  const statedOf = (stored: Stored | undefined) =>
    stored && {
      spec: estate.sealed(stored, secretsOf(stored).secrets ?? []).spec as Record<string, unknown>,
      ...(stored.placement && { placement: stored.placement }),
    };
  const visible = async (principal: Principal, ref: ResourceRef) => {
    const stored = await estate.get(ref);
    if (!stored || !isAtLeast(principal, "viewer", stored.tenant)) throw notFound(ref);
    return stored;
  };

  api.openapi(list, async (context) => {
    const principal = principalOf(context);
    const { kind, search, tenant, host, state, with: also, order, cursor, limit } = context.req.valid("query");
    const own = visibleTenants(principal);
    const tenants = tenant === undefined ? own : own === undefined || own.includes(tenant) ? [tenant] : [];
    const query = {
      kind,
      search: search || undefined,
      tenants,
      host,
      state,
      order,
      after: positionIn(cursor, position),
    };
    const found = await estate.page({ ...query, limit: limit + 1 });
    const page = found.slice(0, limit);
    const standings = Map.groupBy(await fleet.standings(page.map(({ ref }) => ref)), ({ ref }) => ref);
    const stated = also ? await estate.find(page.map(({ ref }) => ref)) : new Map<ResourceRef, Stored>();
    const last = page.at(-1);
    return context.json(
      {
        items: page.map((each) => ({
          ...shown(each, standings.get(each.ref) ?? []),
          ...statedOf(stated.get(each.ref)),
        })),
        ...(found.length > limit &&
          last && {
            next: cursorOf({ value: order.endsWith("changed") ? last.changedAt : last.name, ref: last.ref }),
          }),
      },
      200,
    );
  });

  api.openapi(get, async (context) => {
    const principal = principalOf(context);
    const ref = refOfParameters(context.req.valid("param"));
    const stored = await visible(principal, ref);
    const { kind, name, tenant, revision } = stored;
    const standings = await fleet.standings([ref]);
    context.header("ETag", `"${revision}"`);
    return context.json(
      {
        kind,
        name,
        ...(tenant !== undefined && { tenant }),
        ...statedOf(stored)!,
        revision,
        changedAt: (await estate.changedAt([ref])).get(ref) ?? 0,
        conditions: standings.map(toCondition),
        mayChange: isAtLeast(principal, "member", tenant),
      },
      200,
    );
  });

  api.openapi(put, async (context) => {
    const principal = principalOf(context);
    const ref = refOfParameters(context.req.valid("param"), true);
    const { kind, name } = context.req.valid("param");
    const { tenant, placement, spec } = context.req.valid("json");
    const stored = await estate.get(ref);
    const resource = { kind, name, spec, ...(placement && { placement }), ...(tenant !== undefined && { tenant }) };
    const received = { resource, from: stored?.source ?? "", ...seen(context.req.valid("header"), stored?.revision) };
    return context.json(acceptedOf(await applying.state(principal, [received], `state ${ref}`)), 200);
  });

  api.openapi(patch, async (context) => {
    const principal = principalOf(context);
    const ref = refOfParameters(context.req.valid("param"));
    const stored = await visible(principal, ref);
    const change = context.req.valid("json");
    const { kind, name, spec, placement, tenant, source, revision } = stored;
    const {
      placement: newPlacement,
      tenant: newTenant,
      spec: newSpec,
    } = mergePatch({ spec, ...(placement && { placement }), ...(tenant !== undefined && { tenant }) }, change) as Pick<
      Received["resource"],
      "spec" | "placement" | "tenant"
    >;
    const resource = {
      kind,
      name,
      spec: newSpec,
      ...(newPlacement && { placement: newPlacement }),
      ...(newTenant !== undefined && { tenant: newTenant }),
    };
    // What was read here is what is changed here.
    const received = { resource, from: source, ...seen(context.req.valid("header"), revision, revision) };
    return context.json(acceptedOf(await applying.state(principal, [received], `change ${ref}`)), 200);
  });

  api.openapi(remove, async (context) => {
    const principal = principalOf(context);
    const ref = refOfParameters(context.req.valid("param"));
    const { revision } = await visible(principal, ref);
    const expected = seen(context.req.valid("header"), revision);
    return context.json(acceptedOf(await applying.remove(principal, [{ ref, ...expected }], `delete ${ref}`)), 200);
  });
}

/** What somebody says that they have seen, held against what there is. `fallback`: nothing was said. */
function seen(
  { "if-match": match }: z.output<typeof ifMatch>,
  revision: number | undefined,
  fallback?: number,
): { seen?: number } {
  if (match === "*") {
    if (revision === undefined) throw new HttpProblem(412, "there is none");
    return { seen: revision };
  }
  const stated = match === undefined ? fallback : Number(match.slice(1, -1));
  if (stated === undefined) return {};
  if (stated !== (revision ?? 0))
    throw new HttpProblem(
      412,
      revision === undefined ? "there is none" : `it has revision ${revision} now; look at it and do it again`,
    );
  return { seen: stated };
}
