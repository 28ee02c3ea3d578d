import { z } from "@hono/zod-openapi";
import { isAtLeast } from "../../../model/role.ts";
import type { Around } from "../around.ts";
import { type Api, gives, json, operation, principalOf } from "../operation.ts";
import { HttpProblem, notFound } from "../problem.ts";

const link = operation("member", [404, 422], {
  method: "post",
  path: "/v1/maintenance/{name}/links",
  operationId: "linkIntoMaintenance",
  tags: ["Maintenance"],
  summary: "Make secret addresses that let one browser each into a site in maintenance, or end all of them",
  request: {
    params: z.object({ name: z.string().min(1).max(253) }),
    body: json(
      z
        .strictObject({
          site: z.string().max(253).optional().describe("Into this one alone; otherwise into each of its sites."),
          revoke: z.literal(true).optional().describe("End all links that have been made."),
        })
        .meta({ id: "LinkRequest" }),
    ),
  },
  responses: {
    200: gives(
      "They are good on every host that is not among `problems`.",
      z
        .object({
          links: z.array(
            z.object({
              site: z.string().describe("The site or pattern, as the maintenance states it; `all`: each."),
              token: z.string().describe("What stands behind `/.maintenance/` in the address."),
              ends: z.int().describe("Milliseconds since 1970."),
            }),
          ),
          problems: z.array(z.object({ host: z.string(), problem: z.string() })),
        })
        .meta({ id: "Linked" }),
    ),
  },
});

/** Ways past the page of a maintenance. */
export function linkRoutes(api: Api, { control, estate }: Around): void {
  api.openapi(link, async (context) => {
    const principal = principalOf(context);
    const { name } = context.req.valid("param");
    const { site, revoke } = context.req.valid("json");
    const stored = await estate.get(`Maintenance/${name}`);
    if (!stored || !isAtLeast(principal, "viewer", stored.tenant)) throw notFound(`Maintenance/${name}`);
    if (!isAtLeast(principal, "member", stored.tenant))
      throw new HttpProblem(403, `Maintenance/${name} is not yours to change`);
    const asks = { maintenance: name, ...(site !== undefined && { site }), ...(revoke && { revoke }) };
    const { links, problems } = await control.link(asks);
    return context.json(
      // The cookie is for the browser that comes by the link.
      { links: links.map(({ site, token, ends }) => ({ site, token, ends })), problems: [...problems] },
      200,
    );
  });
}
