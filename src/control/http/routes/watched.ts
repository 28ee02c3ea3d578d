import { z } from "@hono/zod-openapi";
import { watchNames } from "../../../model/happening.ts";
import { hostLabel } from "../../../model/placement.ts";
import { guardAsksSchema } from "../../../model/report.ts";
import type { Around } from "../around.ts";
import { type Api, gives, json, operation } from "../operation.ts";
import { notFound } from "../problem.ts";

const tags = ["Watches"];

const observed = z.array(
  z
    .object({
      host: z.string(),
      key: z.string().describe("What of it: `192.0.2.7 sshd`."),
      until: z.int().describe("It ends by itself then. Milliseconds since 1970, by the host's own clock."),
      value: z.unknown().describe("As the watch words it."),
    })
    .meta({ id: "Observed" }),
);

const summaries: Readonly<Record<(typeof watchNames)[number], string>> = {
  bans: "Who is banned, on which hosts, and why",
  keys: "Which SSH keys were shown on which hosts",
  pools: "Addresses of pools as hosts see them",
  mail: "How many messages the accounts of limits have sent today, on which hosts",
};

const lists = watchNames.map(
  (watch) =>
    [
      watch,
      operation("operator", [], {
        method: "get",
        path: `/v1/${watch}`,
        operationId: `list${watch[0]!.toUpperCase()}${watch.slice(1)}`,
        tags,
        summary: summaries[watch],
        request: { query: z.strictObject({ host: hostLabel.optional().describe("On this one alone.") }) },
        responses: { 200: gives("What hosts have told.", observed) },
      }),
    ] as const,
);

const ask = operation("operator", [404], {
  method: "post",
  path: "/v1/guard",
  operationId: "askGuards",
  tags,
  summary: "Have hosts ban somebody or let them in again, take a key again, or drain an address of a pool",
  request: {
    body: json(
      z
        .strictObject({
          asks: guardAsksSchema,
          host: hostLabel.optional().describe("This one alone; otherwise all."),
        })
        .meta({ id: "GuardRequest" }),
    ),
  },
  responses: {
    200: gives(
      "What each host has made of it.",
      z.array(
        z
          .object({
            host: z.string(),
            wasSo: z.boolean().optional().describe("Whether there was anything to do."),
            problem: z.string().optional().describe("Why it could not."),
          })
          .meta({ id: "GuardAnswer" }),
      ),
    ),
  },
});

/** What watches of hosts have found, and what their guards are to do. */
export function watchedRoutes(api: Api, { control, fleet, now }: Around): void {
  for (const [watch, list] of lists)
    api.openapi(list, async (context) => {
      const { host } = context.req.valid("query");
      const found = await fleet.happenings.observed({ watch, ...(host !== undefined && { host }), now: now() });
      return context.json(
        found.map(({ watch: _, ...each }) => each),
        200,
      );
    });

  api.openapi(ask, async (context) => {
    const { asks, host } = context.req.valid("json");
    if (host !== undefined && !(await fleet.host(host))) throw notFound(`host ${host}`);
    return context.json(await control.guard(asks, host), 200);
  });
}
