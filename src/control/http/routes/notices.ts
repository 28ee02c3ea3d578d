import { z } from "@hono/zod-openapi";
import { mailPaces, sentenceOf, subjects, wishesSchema } from "../../../model/personal-notice.ts";
import type { Around } from "../around.ts";
import { type Api, gives, json, operation, principalOf } from "../operation.ts";
import { HttpProblem } from "../problem.ts";

const tags = ["Notices"];

const noticeSchema = z
  .object({
    id: z.int(),
    at: z.int(),
    is: z.string(),
    about: z.enum(subjects),
    what: z.string().describe("The record, the site or the host."),
    host: z.string().optional(),
    sentence: z.string().describe("In the language of whoever asks."),
    says: z.string().describe("In the words of whoever said so."),
    isRead: z.boolean(),
  })
  .meta({ id: "Notice" });

const wishesShown = z
  .object({
    about: z.array(z.enum(subjects)),
    mail: z.enum(mailPaces),
    webhook: z.object({ url: z.string() }).optional().describe("Its secret is not shown."),
  })
  .meta({ id: "Wishes" });

const list = operation("session", [], {
  method: "get",
  path: "/v1/me/notices",
  operationId: "listNotices",
  tags,
  summary: "What one has been told, newest first",
  request: { query: z.strictObject({ limit: z.coerce.number().int().min(1).max(200).default(50) }) },
  responses: { 200: gives("Notices.", z.array(noticeSchema)) },
});

const read = operation("session", [], {
  method: "put",
  path: "/v1/me/notices/read",
  operationId: "readNotices",
  tags,
  summary: "One has read them up to this one",
  request: { body: json(z.strictObject({ upTo: z.int().min(0) })) },
  responses: { 204: { description: "Noted." } },
});

const get = operation("session", [], {
  method: "get",
  path: "/v1/me/wishes",
  operationId: "getWishes",
  tags,
  summary: "Of what one wants to be told, where and how often",
  responses: {
    200: gives("Wishes.", wishesShown),
  },
});

const set = operation("session", [422], {
  method: "put",
  path: "/v1/me/wishes",
  operationId: "setWishes",
  tags,
  summary: "Say of what one wants to be told, where and how often",
  request: { body: json(wishesSchema) },
  responses: { 204: { description: "From now on." } },
});

/** What single people are told. */
export function noticeRoutes(api: Api, { people: { notices, accounts } }: Around): void {
  api.openapi(list, async (context) => {
    const { user } = principalOf(context);
    const account = await accounts.get(user!);
    const all = await notices.list(user!, context.req.valid("query").limit);
    return context.json(
      all.map(({ account: _, ...notice }) => ({
        ...notice,
        sentence: sentenceOf(notice, account?.language ?? "en"),
      })),
      200,
    );
  });

  api.openapi(read, async (context) => {
    await notices.markRead(principalOf(context).user!, context.req.valid("json").upTo);
    return context.body(null, 204);
  });

  api.openapi(get, async (context) => {
    const { webhook, ...wishes } = await notices.wishes(principalOf(context).user!);
    return context.json({ ...wishes, ...(webhook && { webhook: { url: webhook.url } }) }, 200);
  });

  api.openapi(set, async (context) => {
    const { user } = principalOf(context);
    const wishes = context.req.valid("json");
    const account = await accounts.get(user!);
    // From here much can be reached that others must not ask: of theirs only public addresses are.
    if (wishes.webhook && !account?.isOperator && !wishes.webhook.url.startsWith("https://"))
      throw new HttpProblem(422, "a webhook is an https address, on the Internet");
    const former = (await notices.wishes(user!)).webhook;
    const { webhook } = wishes;
    const secret = webhook?.secret ?? (webhook?.url === former?.url ? former?.secret : undefined);
    await notices.setWishes(user!, {
      ...wishes,
      ...(webhook && { webhook: { url: webhook.url, ...(secret !== undefined && { secret }) } }),
    });
    return context.body(null, 204);
  });
}
