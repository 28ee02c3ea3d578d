import { z } from "@hono/zod-openapi";
import { kindNamed } from "../../../kinds/index.ts";
import { withoutDefaults } from "../../../kinds/spec.ts";
import { hostLabel, placementSchema } from "../../../model/placement.ts";
import { tenantName } from "../../../model/resource.ts";
import { secretsOf } from "../../stating.ts";
import type { Around } from "../around.ts";
import { type Api, gives, json, operation, principalOf } from "../operation.ts";
import { HttpProblem, notFound } from "../problem.ts";

const take = operation("operator", [404, 409, 422], {
  method: "post",
  path: "/v1/hosts/{name}/edits",
  operationId: "takeEdit",
  tags: ["Hosts"],
  summary: "A record as it would have to be for an edit by hand to be what is stated; nothing is changed",
  request: {
    params: z.object({ name: hostLabel }),
    body: json(z.strictObject({ path: z.string().max(4_096).describe("The file.") })),
  },
  responses: {
    200: gives(
      "To be looked at, and stated with this revision.",
      z
        .object({
          kind: z.string(),
          name: z.string(),
          tenant: tenantName.optional(),
          placement: placementSchema.optional(),
          spec: z.record(z.string(), z.unknown()),
          revision: z.int(),
        })
        .meta({ id: "TakenEdit" }),
    ),
  },
});

/** Edits by hand on their way into the estate. */
export function editRoutes(api: Api, { control, estate, fleet }: Around): void {
  api.openapi(take, async (context) => {
    principalOf(context);
    const { name: host } = context.req.valid("param");
    const { path } = context.req.valid("json");
    if (!(await fleet.host(host))) throw notFound(`host ${host}`);
    const { plan, problem } = await control.planOf(host);
    if (!plan) throw new HttpProblem(409, `${host}: ${problem}`);
    const change = plan.changes.find(({ item }) => "path" in item && item.path === path);
    const { written, found } = change?.drift ?? {};
    if (!change || written === undefined || found === undefined)
      throw new HttpProblem(422, `nobody has edited ${path} on ${host}, or nobody may see it`);
    const [ref, ...others] = change.because;
    const stored = ref && (await estate.get(ref));
    if (!stored || others.length > 0) throw new HttpProblem(422, `${path} is of no record alone`);
    const { kind: kindName, name, tenant, placement, revision } = stored;
    const kind = kindNamed(kindName)!;
    const taken = kind.takeEdit?.(kind.spec.parse(stored.spec), { written, found }) ?? {
      problem: `what is changed in files of a ${kindName} cannot be stated; change the record instead`,
    };
    if ("problem" in taken) throw new HttpProblem(422, taken.problem);
    const wanted = { ...stored, spec: withoutDefaults(kind, taken.spec) };
    // Who states it again need not know its secrets.
    const { spec } = estate.sealed(wanted, secretsOf(wanted).secrets ?? []);
    return context.json(
      {
        kind: kindName,
        name,
        ...(tenant !== undefined && { tenant }),
        ...(placement && { placement }),
        spec: spec as Record<string, unknown>,
        revision,
      },
      200,
    );
  });
}
