import { z } from "@hono/zod-openapi";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { Vouching } from "../../people/vouching.ts";
import type { Around } from "../around.ts";
import { type Api, gives, operation } from "../operation.ts";
import { HttpProblem } from "../problem.ts";
import { begin } from "./session.ts";

/** Sent along when the provider sends the browser back, which is why it is laxer than the session's. */
const awayCookie = "__Host-upkeep-away";
const options = { path: "/", secure: true, httpOnly: true, sameSite: "Lax" } as const;

const byProvider = z.object({ provider: z.string().regex(/^[a-z0-9-]{1,40}$/) });
const tags = ["Signing in"];
const elsewhere = { 302: { description: "`Location` says where." } } as const;

const list = operation("nobody", [], {
  method: "get",
  path: "/v1/session/oidc",
  operationId: "listProviders",
  tags,
  summary: "Who vouches for people here (OpenID Connect)",
  responses: {
    200: gives("All.", z.array(z.object({ name: z.string(), title: z.string() }))),
  },
});

const start = operation("nobody", [404, 503], {
  method: "get",
  path: "/v1/session/oidc/{provider}",
  operationId: "signInElsewhere",
  tags,
  summary: "Go to a provider, to sign in there",
  request: { params: byProvider },
  responses: elsewhere,
});

const back = operation("nobody", [], {
  method: "get",
  path: "/v1/session/oidc/{provider}/callback",
  operationId: "signedInElsewhere",
  tags,
  summary: "Back from a provider: signed in, or told why not",
  request: { params: byProvider },
  responses: elsewhere,
});

/** Signing in with an account elsewhere. */
export function vouchedRoutes(api: Api, around: Around, vouching: Vouching): void {
  const { providers, log } = around;

  api.openapi(list, async (context) =>
    context.json(
      providers.map(({ name, title }) => ({ name, title })),
      200,
    ),
  );

  api.openapi(start, async (context) => {
    const { provider } = context.req.valid("param");
    const begun = await vouching.begin(provider).catch((error: Error) => {
      log(`${provider} cannot be asked: ${error.message}`);
      throw new HttpProblem(503, `${provider} does not answer; sign in another way, or try again`);
    });
    if (!begun) throw new HttpProblem(404, `there is no provider ${provider}`);
    setCookie(context, awayCookie, begun.ticket, { ...options, maxAge: 600 });
    return context.redirect(begun.address, 302);
  });

  api.openapi(back, async (context) => {
    const { provider } = context.req.valid("param");
    const ticket = getCookie(context, awayCookie) ?? "";
    deleteCookie(context, awayCookie, options);
    try {
      const account = await vouching.end(provider, ticket, new URL(context.req.url));
      if (!account) return context.redirect("/?refused=unknown", 302);
      await begin(context, around, account.id, "signed in");
      return context.redirect("/", 302);
    } catch (error) {
      log(`${provider} has not vouched for somebody: ${(error as Error).message}`);
      return context.redirect("/?refused=provider", 302);
    }
  });
}
