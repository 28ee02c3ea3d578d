import type { MiddlewareHandler } from "hono";
import { getCookie } from "hono/cookie";
import type { Account } from "../../model/account.ts";
import type { Principal, Role } from "../../model/role.ts";
import type { ApiToken } from "../../store/people/api-tokens.ts";
import type { People } from "../../store/people/people.ts";
import type { Session } from "../../store/people/sessions.ts";
import { isSameText } from "../people/same-text.ts";
import { csrfOf, sessionCookie } from "./cookies.ts";
import type { Variables } from "./operation.ts";
import { HttpProblem } from "./problem.ts";

/** Whoever asks with a token, whose `Authorization` no other site can have a browser send, or with a browser's session. */
export const identify =
  (
    { accounts, sessions, apiTokens }: Pick<People, "accounts" | "sessions" | "apiTokens">,
    { now, origin }: { readonly now: () => number; readonly origin: () => string | undefined },
  ): MiddlewareHandler<{ Variables: Variables }> =>
  async (context, next) => {
    const header = context.req.header("authorization");
    if (header !== undefined) {
      const [, secret] = /^Bearer ([\w-]{1,200})$/i.exec(header) ?? [];
      const token = secret === undefined ? undefined : await apiTokens.find(secret, now());
      const account = token && (await accounts.get(token.account));
      if (account && !account.isDisabled) context.set("principal", withToken(account, token));
      // Turned away behind the limit for those who are unknown: who guesses is told to wait.
      else
        context.set(
          "refusal",
          new HttpProblem(401, "this token is not good, or not any longer", {
            headers: { "www-authenticate": 'Bearer error="invalid_token"' },
          }),
        );
      return next();
    }
    const secret = getCookie(context, sessionCookie);
    const session = secret === undefined ? undefined : await sessions.find(secret, now());
    const account = session && (await accounts.get(session.account));
    if (secret !== undefined && account && !account.isDisabled) {
      context.set("session", session);
      if (session.stage === "signed in") context.set("principal", withSession(account, session));
      const { method } = context.req;
      if (method !== "GET" && method !== "HEAD") {
        // Another site can have a browser send the cookie, but neither this header nor this origin.
        const from = context.req.header("origin");
        if (!isSameText(context.req.header("x-csrf-token") ?? "", csrfOf(secret)))
          throw new HttpProblem(403, "the X-CSRF-Token header is missing, or another session's");
        if (from !== undefined && from !== (origin() ?? new URL(context.req.url).origin))
          throw new HttpProblem(403, `requests from ${from} are not taken`);
      }
    }
    return next();
  };

/** An account's rights, or of these what a token has. */
function withToken(account: Account, { readOnly, tenant }: ApiToken): Principal {
  const { tenants, isOperator } = account;
  const own: Record<string, Role> =
    tenant === undefined ? tenants : tenants[tenant] ? { [tenant]: tenants[tenant] } : {};
  // An operator's token for one tenant can do there what its admin can.
  const granted = tenant !== undefined && isOperator ? { [tenant]: "admin" as const } : own;
  return {
    user: account.id,
    name: account.email,
    isOperator: isOperator && tenant === undefined,
    tenants: granted,
    ...(readOnly && { readOnly }),
  };
}

function withSession(account: Account, { looksAs }: Session): Principal {
  const { id, email, isOperator, tenants } = account;
  return looksAs !== undefined && isOperator
    ? { user: id, name: email, isOperator: false, tenants: { [looksAs]: "viewer" }, looksAs }
    : { user: id, name: email, isOperator, tenants };
}
