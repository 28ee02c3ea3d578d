import { hash } from "node:crypto";
import { z } from "@hono/zod-openapi";
import { placementSchema } from "../../../model/placement.ts";
import { tenantName } from "../../../model/resource.ts";
import type { Principal } from "../../../model/role.ts";
import type { Pages } from "../../../store/built-pages.ts";
import { acceptedOf, acceptedSchema } from "../accepted.ts";
import type { Applying } from "../applying.ts";
import { type Api, gives, json, operation, principalOf } from "../operation.ts";
import { planned, plannedSchema } from "../planned.ts";
import { HttpProblem } from "../problem.ts";
import { refSchema } from "../ref.ts";

/** So many at once, and no more. */
const most = 10_000;

const stated = z
  .strictObject({
    kind: z.string().max(64),
    name: z.string().min(1).max(253),
    tenant: tenantName.optional(),
    placement: placementSchema.optional(),
    spec: z.record(z.string(), z.unknown()).default({}),
    revision: z.int().min(0).optional().describe("That you have seen; 0: there was none."),
  })
  .meta({ id: "StatedResource" });

const change = z
  .strictObject({
    state: z.array(stated).max(most).default([]),
    delete: z.array(refSchema).max(most).default([]),
    pages: z
      .record(z.string().regex(/^[0-9a-f]{64}$/), z.string().max(1 << 20))
      .optional()
      .describe("For operators: built pages that records speak of (`pageDigest`), by their SHA-256."),
  })
  .meta({ id: "Change" });

const hostPlan = z
  .object({
    host: z.string(),
    problem: z.string().optional().describe("It does not answer; what it is to have waits for it."),
    changes: z.array(plannedSchema),
    reloads: z.array(z.string()),
    starts: z.array(z.string()),
    notes: z.array(z.string()),
    refused: z.array(z.object({ ref: z.string(), reason: z.string() })),
  })
  .meta({ id: "HostPlan" });

const apply = operation("member", [404, 409, 412, 422], {
  method: "post",
  path: "/v1/apply",
  operationId: "apply",
  tags: ["Resources"],
  summary: "State and delete many records: all of it, or nothing",
  request: { body: json(change) },
  responses: { 200: gives("Accepted.", acceptedSchema) },
});

const plan = operation("member", [404, 409, 412, 422], {
  method: "post",
  path: "/v1/plan",
  operationId: "plan",
  tags: ["Resources"],
  summary: "What hosts would do; nothing is changed",
  request: { body: json(change.omit({ delete: true })) },
  responses: {
    200: gives("A plan for each host.", z.array(hostPlan)),
  },
});

/** Many records at once, and what that would come to. */
export function applyRoutes(api: Api, applying: Applying): void {
  const allowed = (principal: Principal, pages: Pages = {}): Pages => {
    if (Object.keys(pages).length > 0 && !principal.isOperator)
      throw new HttpProblem(403, "only operators bring pages of their own");
    for (const [digest, html] of Object.entries(pages))
      if (hash("sha256", html) !== digest) throw new HttpProblem(422, `the page ${digest} is another one`);
    return pages;
  };
  const received = (all: readonly z.output<typeof stated>[]) =>
    all.map(({ kind, name, tenant, placement, spec, revision }) => ({
      resource: { kind, name, spec, ...(placement && { placement }), ...(tenant !== undefined && { tenant }) },
      from: "",
      ...(revision !== undefined && { seen: revision }),
    }));

  api.openapi(apply, async (context) => {
    const principal = principalOf(context);
    const { state, delete: gone, pages } = context.req.valid("json");
    const kept = allowed(principal, pages);
    const cause = `apply ${state.length + gone.length} by the API`;
    return context.json(acceptedOf(await applying.apply(principal, received(state), gone, cause, kept)), 200);
  });

  api.openapi(plan, async (context) => {
    const principal = principalOf(context);
    const { state, pages } = context.req.valid("json");
    const plans = await applying.plan(principal, received(state), allowed(principal, pages));
    return context.json(
      plans.map(({ host, plan, problem }) => ({
        host,
        ...(problem !== undefined && { problem }),
        changes: (plan?.changes ?? []).map(planned),
        reloads: [...(plan?.reloads ?? [])],
        starts: [...(plan?.starts ?? [])],
        notes: [...(plan?.notes ?? [])],
        refused: [...(plan?.refused ?? [])],
      })),
      200,
    );
  });
}
