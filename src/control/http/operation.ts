import { createRoute, OpenAPIHono, type RouteConfig, type z } from "@hono/zod-openapi";
import { isAnywhere, type Principal } from "../../model/role.ts";
import type { Session } from "../../store/people/sessions.ts";
import { HttpProblem, malformed, type ProblemStatus, problemSchema } from "./problem.ts";

/** What it takes to ask for something. In which tenant is decided where it is known which one it is about. */
export type Needs =
  /** Nothing. */
  | "nobody"
  /** A password, or the like: the second factor may be still to come. */
  | "half"
  /** Somebody in a browser, not a program: what tokens must not do to those who made them. */
  | "session"
  | "anybody"
  | "viewer"
  | "member"
  | "admin"
  | "operator";

/** What is known of a request. */
export interface Variables {
  readonly principal: Principal | undefined;
  readonly session: Session | undefined;
  /** From where it comes. */
  readonly address: string;
  /** What was shown is not good: whatever is asked for. */
  readonly refusal: Error | undefined;
}

// biome-ignore lint/complexity/noBannedTypes: Hono's own word for "no path parameters yet".
export type Api = OpenAPIHono<{ Variables: Variables }, {}, "/">;

export const newApi = (): Api =>
  new OpenAPIHono<{ Variables: Variables }>({
    defaultHook: (result) => {
      if (!result.success) throw malformed(result.error as never);
    },
  }) as unknown as Api;

const problem = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: problemSchema } },
});

/** Every operation may end so. */
const always: Partial<Record<ProblemStatus, ReturnType<typeof problem>>> = {
  400: problem("Not what was asked for."),
  413: problem("Too large."),
  415: problem("Not JSON."),
  429: problem("Too many requests; `Retry-After` says when to come back."),
  500: problem("Upkeep failed."),
};

const words: Readonly<Partial<Record<ProblemStatus, string>>> = {
  404: "There is no such thing, or it is not yours to see.",
  409: "It does not go with what is there.",
  412: "Somebody else has changed it meanwhile.",
  422: "It cannot be so; `errors` says why.",
  428: "Say which revision you have seen (`If-Match`).",
  503: "Not at the moment.",
};

/** An operation of the API: who may ask for it, and how it can end. */
export function operation<Path extends string, const R extends Omit<RouteConfig, "path"> & { path: Path }>(
  needs: Needs,
  endings: readonly (keyof typeof words)[],
  config: R,
) {
  const refusals = needs === "nobody" ? {} : { 401: problem("Sign in first."), 403: problem("Not yours to do.") };
  const more = Object.fromEntries(endings.map((status) => [status, problem(words[status]!)]));
  return createRoute({
    ...config,
    "x-needs": needs,
    security:
      needs === "nobody"
        ? []
        : needs === "session" || needs === "half"
          ? [{ session: [] }]
          : [{ session: [] }, { token: [] }],
    responses: { ...always, ...refusals, ...more, ...config.responses },
    middleware: async (context: { var: Variables }, next: () => Promise<void>) => {
      admit(needs, context.var);
      // What viewers may ask changes nothing, however it is asked.
      if (needs !== "nobody" && needs !== "viewer" && config.method !== "get" && context.var.principal?.readOnly)
        throw new HttpProblem(403, "this token may look, and change nothing");
      await next();
    },
  } as unknown as R);
}

/** A request that says this, in JSON. */
export const json = <S extends z.ZodType>(schema: S) => ({
  required: true,
  content: { "application/json": { schema } },
});

/** An answer that says this, in JSON. */
export const gives = <S extends z.ZodType>(description: string, schema: S) => ({
  description,
  content: { "application/json": { schema } },
});

function admit(needs: Needs, { principal, session }: Variables): void {
  if (needs === "nobody") return;
  if (needs === "half") {
    if (!session) throw new HttpProblem(401, "sign in first");
    return;
  }
  if (!principal) throw new HttpProblem(401, "sign in, or show a token that is good");
  if (needs === "session" && !session) throw new HttpProblem(403, "only a person may do this, in a browser");
  const isEnough =
    needs === "session" || needs === "anybody"
      ? true
      : needs === "operator"
        ? principal.isOperator
        : isAnywhere(principal, needs);
  if (!isEnough) throw new HttpProblem(403, `only ${needs === "operator" ? "operators" : `${needs}s`} may do this`);
}

/** Who asks; an operation that needs somebody has one. */
export function principalOf({ var: { principal } }: { var: Variables }): Principal {
  if (!principal) throw new HttpProblem(401, "sign in first");
  return principal;
}
