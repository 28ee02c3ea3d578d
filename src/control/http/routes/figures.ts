import { z } from "@hono/zod-openapi";
import { slotLength } from "../../../store/samples.ts";
import type { Around } from "../around.ts";
import { type Api, gives, operation } from "../operation.ts";

const series = z.array(z.number().nullable());

const figures = operation("operator", [], {
  method: "get",
  path: "/v1/figures",
  operationId: "figures",
  tags: ["Overview"],
  summary: "How busy hosts have been, in slots of five minutes",
  request: {
    query: z.strictObject({
      host: z.string().max(63).optional().describe("This one alone."),
      hours: z.coerce.number().int().min(1).max(48).default(24),
    }),
  },
  responses: {
    200: gives(
      "Oldest first; `null`: nothing is known of that time.",
      z
        .object({
          from: z.int().describe("When the first slot begins. Milliseconds since 1970."),
          every: z.int().describe("Milliseconds."),
          requests: series.describe("That web servers have answered a second, on all hosts together."),
          load: series.describe("Of the host that had the most of it (getloadavg(3))."),
          bans: series.describe("How many addresses were banned."),
        })
        .meta({ id: "Figures" }),
    ),
  },
});

export function figureRoutes(api: Api, { fleet: { samples }, now }: Around): void {
  api.openapi(figures, async (context) => {
    const { host, hours } = context.req.valid("query");
    const last = Math.floor(now() / slotLength);
    const first = last - (hours * 3_600_000) / slotLength + 1;
    const bySlot = Map.groupBy(await samples.since(first, host), ({ slot }) => slot);
    const bans = await samples.bansSince(first, host);
    const slots = Array.from({ length: last - first + 1 }, (_, index) => first + index);
    const each = (work: (slot: number) => number | undefined) =>
      slots.map((slot) => {
        const value = work(slot);
        return value === undefined ? null : Math.round(value * 100) / 100;
      });
    return context.json(
      {
        from: first * slotLength,
        every: slotLength,
        requests: each((slot) => {
          const known = (bySlot.get(slot) ?? []).flatMap(({ requests }) => requests ?? []);
          return known.length > 0 ? known.reduce((sum, one) => sum + one, 0) : undefined;
        }),
        load: each((slot) => {
          const known = bySlot.get(slot);
          return known && Math.max(...known.map(({ load }) => load));
        }),
        bans: each((slot) => bans.get(slot) ?? (bySlot.has(slot) ? 0 : undefined)),
      },
      200,
    );
  });
}
