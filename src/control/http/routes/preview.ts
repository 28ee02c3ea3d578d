import { z } from "@hono/zod-openapi";
import { pageFor } from "../../../kinds/maintenance/answers.ts";
import { type MaintenanceSpec, maintenanceSpec } from "../../../kinds/maintenance/schema.ts";
import { isAtLeast } from "../../../model/role.ts";
import type { Around } from "../around.ts";
import { type Api, operation, principalOf } from "../operation.ts";
import { HttpProblem } from "../problem.ts";

const { title, message, until } = maintenanceSpec.shape;

const preview = operation("viewer", [422], {
  method: "get",
  path: "/v1/maintenance-page",
  operationId: "maintenancePage",
  tags: ["Resources"],
  summary: "The page that visitors of a site in maintenance would see",
  request: {
    query: z.strictObject({
      name: z.string().max(253).optional().describe("A maintenance, whose own page it is if it has one."),
      title: z.string().max(1_000).optional(),
      message: z.string().max(1_000).optional(),
      until: z.string().max(100).optional(),
    }),
  },
  responses: { 200: { description: "The page.", content: { "text/html": { schema: z.string() } } } },
});

/** The page runs nothing, loads nothing, and may be shown in a frame of the web interface alone. */
const confined =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; frame-ancestors 'self'; sandbox";

export function previewRoutes(api: Api, { estate, fleet }: Around): void {
  api.openapi(preview, async (context) => {
    const { name, ...said } = context.req.valid("query");
    const filling = z.object({ title, message, until }).safeParse(said);
    if (!filling.success) throw new HttpProblem(422, filling.error.issues.map(({ message: why }) => why).join("\n"));
    const stored = name === undefined ? undefined : await estate.get(`Maintenance/${name}`);
    const isTheirs = stored && isAtLeast(principalOf(context), "viewer", stored.tenant);
    const digest = isTheirs ? (stored.spec as Partial<MaintenanceSpec>).pageDigest : undefined;
    const html = pageFor(
      {
        title: filling.data.title,
        message: filling.data.message,
        until: filling.data.until === undefined ? undefined : new Date(filling.data.until),
      },
      digest === undefined ? undefined : await fleet.built.find(digest),
    );
    context.header("Content-Security-Policy", confined);
    context.header("X-Frame-Options", "SAMEORIGIN");
    return context.html(html, 200);
  });
}
