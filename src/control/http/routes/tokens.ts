import { z } from "@hono/zod-openapi";
import { personName } from "../../../model/account.ts";
import { tenantName } from "../../../model/resource.ts";
import { isAtLeast } from "../../../model/role.ts";
import type { Around } from "../around.ts";
import { type Api, gives, json, operation, principalOf } from "../operation.ts";
import { HttpProblem, notFound } from "../problem.ts";

/** Milliseconds. */
const day = 86_400_000;

const tokenSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    readOnly: z.boolean().describe("It may look, and change nothing."),
    tenant: z.string().optional().describe("In this tenant alone."),
    createdAt: z.int(),
    usedAt: z.int().optional(),
    expiresAt: z.int(),
  })
  .meta({ id: "ApiToken" });

const list = operation("session", [], {
  method: "get",
  path: "/v1/me/tokens",
  operationId: "listTokens",
  tags: ["Oneself"],
  summary: "One's tokens for programs",
  responses: { 200: gives("All.", z.array(tokenSchema)) },
});

const create = operation("session", [422], {
  method: "post",
  path: "/v1/me/tokens",
  operationId: "createToken",
  tags: ["Oneself"],
  summary: "A token for a program; it can do no more than oneself",
  request: {
    body: json(
      z.strictObject({
        name: personName,
        readOnly: z.boolean().default(false),
        tenant: tenantName.optional(),
        days: z.int().min(1).max(366).default(90).describe("How long it is good."),
      }),
    ),
  },
  responses: {
    201: gives("`secret` is shown this once.", tokenSchema.extend({ secret: z.string() })),
  },
});

const remove = operation("session", [404], {
  method: "delete",
  path: "/v1/me/tokens/{id}",
  operationId: "removeToken",
  tags: ["Oneself"],
  summary: "A token is good no longer",
  request: { params: z.object({ id: z.string().min(1).max(100) }) },
  responses: { 204: { description: "From now on." } },
});

/** By what programs ask in somebody's name. */
export function tokenRoutes(api: Api, { people: { apiTokens }, now }: Around): void {
  api.openapi(list, async (context) => {
    const all = await apiTokens.list(principalOf(context).user!);
    return context.json(
      all.map(({ account: _, ...token }) => token),
      200,
    );
  });

  api.openapi(create, async (context) => {
    const principal = principalOf(context);
    const { name, readOnly, tenant, days } = context.req.valid("json");
    if (tenant !== undefined && !isAtLeast(principal, "viewer", tenant))
      throw new HttpProblem(422, `you are nothing in ${tenant}`);
    if (principal.looksAs !== undefined) throw new HttpProblem(403, "not while you look as somebody else");
    const {
      secret,
      token: { account: _, ...token },
    } = await apiTokens.add({
      account: principal.user!,
      name,
      readOnly,
      ...(tenant !== undefined && { tenant }),
      createdAt: now(),
      expiresAt: now() + days * day,
    });
    return context.json({ ...token, secret }, 201);
  });

  api.openapi(remove, async (context) => {
    if (!(await apiTokens.remove(principalOf(context).user!, context.req.valid("param").id)))
      throw notFound("such token");
    return context.body(null, 204);
  });
}
