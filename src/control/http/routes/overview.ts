import { z } from "@hono/zod-openapi";
import type { ConditionState } from "../../../model/condition.ts";
import { visibleTenants } from "../../../model/role.ts";
import type { Around } from "../around.ts";
import { type Api, operation, principalOf } from "../operation.ts";

const standing = z.object({ ref: z.string(), host: z.string(), state: z.string(), message: z.string() });

const overview = operation("viewer", [], {
  method: "get",
  path: "/v1/overview",
  operationId: "overview",
  tags: ["Overview"],
  summary: "Is everything well? For operators of the estate, else of one's own tenants",
  responses: {
    200: {
      description: "Numbers, and the first of what a person wants to know of.",
      content: {
        "application/json": {
          schema: z
            .object({
              resources: z.int(),
              counts: z.record(z.string(), z.int()).describe("How many are in each state, on all hosts together."),
              troubles: z.array(standing),
              pending: z.array(standing),
              hosts: z
                .object({ all: z.int(), away: z.array(z.string()) })
                .optional()
                .describe("For operators."),
            })
            .meta({ id: "Overview" }),
        },
      },
    },
  },
});

/** So many of each kind of trouble; the numbers count everything. */
const most = 20;

export function overviewRoutes(api: Api, { fleet, control }: Around): void {
  api.openapi(overview, async (context) => {
    const principal = principalOf(context);
    const tenants = visibleTenants(principal);
    const { resources, counts, troubles, pending } = await fleet.overview(most, tenants);
    const sums: Partial<Record<ConditionState, number>> = {};
    for (const byState of Object.values(counts))
      for (const [state, count] of Object.entries(byState))
        sums[state as ConditionState] = (sums[state as ConditionState] ?? 0) + count;
    const hosts = principal.isOperator ? await control.hosts() : undefined;
    return context.json(
      {
        resources,
        counts: { ...sums } as Record<string, number>,
        troubles: [...troubles],
        pending: [...pending],
        ...(hosts && {
          hosts: { all: hosts.length, away: hosts.map(({ name }) => name).filter((name) => !control.isPresent(name)) },
        }),
      },
      200,
    );
  });
}
