import { z } from "@hono/zod-openapi";
import { metricsOf } from "../../../model/figures.ts";
import { exposition } from "../../../model/metrics.ts";
import { version } from "../../../model/version.ts";
import type { Around } from "../around.ts";
import { type Api, gives, operation } from "../operation.ts";
import { HttpProblem } from "../problem.ts";

const health = operation("nobody", [503], {
  method: "get",
  path: "/v1/health",
  operationId: "health",
  tags: ["Itself"],
  summary: "Whether this control plane can do its work",
  responses: {
    200: gives("It can.", z.object({ status: z.literal("well"), version: z.string() })),
  },
});

const metrics = operation("operator", [], {
  method: "get",
  path: "/metrics",
  operationId: "metrics",
  tags: ["Itself"],
  summary: "Figures for Prometheus; with an operator's token, which may be one that only looks",
  responses: { 200: { description: "Text.", content: { "text/plain": { schema: z.string() } } } },
});

/** What is asked for by machines. */
export function publicRoutes(api: Api, { estate, fleet, now }: Around): void {
  api.openapi(health, async (context) => {
    await estate.auditHead().catch((error: Error) => {
      throw new HttpProblem(503, `the database does not answer: ${error.message}`);
    });
    return context.json({ status: "well" as const, version }, 200);
  });

  api.openapi(metrics, async (context) =>
    context.text(exposition(metricsOf(await fleet.figures(now()))), 200, {
      "content-type": "text/plain; version=0.0.4; charset=utf-8",
    }),
  );
}
