import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { getCookie } from "hono/cookie";
import { emailSchema } from "../../../model/account.ts";
import type { Session } from "../../../store/people/sessions.ts";
import { sendReset } from "../../people/forgotten.ts";
import type { Passkeys } from "../../people/passkeys.ts";
import { Locked, type SignIn } from "../../people/sign-in.ts";
import type { Around } from "../around.ts";
import { csrfOf, endSession, sessionCookie, setSession } from "../cookies.ts";
import { type Api, gives, json, operation, type Variables } from "../operation.ts";
import { HttpProblem } from "../problem.ts";

const signedIn = z
  .object({
    stage: z.enum(["signed in", "second factor"]),
    csrf: z.string().describe("To be sent as `X-CSRF-Token` with whatever changes something."),
  })
  .meta({ id: "SignedIn" });

const outcome = {
  200: gives("The cookie is set.", signedIn),
} as const;
const ticket = z.string().max(1_000);
const response = z.record(z.string(), z.unknown()).describe("As the browser has it (WebAuthn).");

const byPassword = operation("nobody", [422], {
  method: "post",
  path: "/v1/session",
  operationId: "signIn",
  tags: ["Signing in"],
  summary: "Sign in with a password",
  request: { body: json(z.strictObject({ email: emailSchema, password: z.string().max(200) })) },
  responses: outcome,
});

const second = operation("half", [422], {
  method: "post",
  path: "/v1/session/second",
  operationId: "signInSecond",
  tags: ["Signing in"],
  summary: "The second factor: a code of an app, or a recovery code",
  request: { body: json(z.strictObject({ code: z.string().max(40) })) },
  responses: outcome,
});

const beginPasskey = operation("nobody", [], {
  method: "post",
  path: "/v1/session/passkey/options",
  operationId: "passkeyOptions",
  tags: ["Signing in"],
  summary: "What a browser needs to sign in with a passkey",
  responses: {
    200: gives("For `navigator.credentials.get`.", z.object({ ticket, options: z.record(z.string(), z.unknown()) })),
  },
});

const byPasskey = operation("nobody", [422], {
  method: "post",
  path: "/v1/session/passkey",
  operationId: "signInByPasskey",
  tags: ["Signing in"],
  summary: "Sign in with a passkey, which is both factors",
  request: { body: json(z.strictObject({ ticket, response })) },
  responses: outcome,
});

const end = operation("half", [], {
  method: "delete",
  path: "/v1/session",
  operationId: "signOut",
  tags: ["Signing in"],
  summary: "Sign out",
  responses: { 204: { description: "Over." } },
});

const forgotten = operation("nobody", [409], {
  method: "post",
  path: "/v1/session/forgotten",
  operationId: "forgotPassword",
  tags: ["Signing in"],
  summary: "Have a link for a new password sent to somebody's own address",
  request: { body: json(z.strictObject({ email: emailSchema })) },
  responses: { 202: { description: "If there is such an account, the link is on its way." } },
});

const lookAs = operation("session", [404], {
  method: "put",
  path: "/v1/session/looks-as",
  operationId: "lookAs",
  tags: ["Signing in"],
  summary: "For operators: look at what a tenant sees, or no longer; the audit log has it",
  request: { body: json(z.strictObject({ tenant: z.string().max(63).nullable() })) },
  responses: { 204: { description: "From now on." } },
});

/** Coming and going. */
export function sessionRoutes(api: Api, around: Around, signIn: SignIn, keys: Passkeys): void {
  const { people, now } = around;

  api.openapi(byPassword, async (context) => {
    const { email, password } = context.req.valid("json");
    const account = await signIn.byPassword(email, password, context.var.address).catch(locked);
    if (!account) throw new HttpProblem(422, "the e-mail address or the password is wrong");
    return context.json(await begin(context, around, account.id, account.hasTotp ? "first" : "signed in"), 200);
  });

  api.openapi(second, async (context) => {
    const { session, address } = context.var;
    const account = session && (await people.accounts.get(session.account));
    if (!session || !account || session.stage !== "first")
      throw new HttpProblem(422, "sign in with the password first");
    const isRight = await signIn.isSecondFactor(account, context.req.valid("json").code, address).catch(locked);
    if (!isRight) throw new HttpProblem(422, "this code is wrong, or was used already");
    await people.sessions.end(account.id, session.id);
    return context.json(await begin(context, around, account.id, "signed in"), 200);
  });

  api.openapi(beginPasskey, async (context) => {
    return context.json(await keys.beginToSignIn(), 200);
  });

  api.openapi(byPasskey, async (context) => {
    const { ticket, response } = context.req.valid("json");
    const account = await keys.signIn(ticket, response);
    if (!account) throw new HttpProblem(422, "this passkey is not known here, or took too long");
    return context.json(await begin(context, around, account.id, "signed in"), 200);
  });

  api.openapi(end, async (context) => {
    const { session } = context.var;
    if (session) await people.sessions.end(session.account, session.id);
    endSession(context);
    return context.body(null, 204);
  });

  api.openapi(forgotten, async (context) => {
    const { mail, log, origin } = around;
    if (!mail) throw new HttpProblem(409, "no mail is set up here; an operator can give you a link");
    const { email } = context.req.valid("json");
    // Nobody waits for it: how long it takes would tell whether there is such an account.
    void sendReset(people, mail, { email, from: context.var.address, origin, now: now() }).catch((error: Error) =>
      log(`a link for a new password could not be sent: ${error.message}`),
    );
    return context.body(null, 202);
  });

  api.openapi(lookAs, async (context) => {
    const session = context.var.session!;
    const account = await people.accounts.get(session.account);
    if (!account?.isOperator) throw new HttpProblem(403, "only operators may do this");
    const { tenant } = context.req.valid("json");
    if (tenant !== null) {
      if (!(await people.tenants.get(tenant))) throw new HttpProblem(404, `there is no tenant ${tenant}`);
      await people.tenants.lookedAt(tenant, { at: now(), actor: account.email, cause: `look as ${tenant}` });
    }
    await people.sessions.lookAs(session.id, tenant ?? undefined);
    return context.body(null, 204);
  });
}

/** A new session, under a new secret, whatever the browser had before. */
export async function begin(
  context: Context<{ Variables: Variables }>,
  { people, now }: Pick<Around, "people" | "now">,
  account: string,
  stage: Session["stage"],
): Promise<z.output<typeof signedIn>> {
  const before = getCookie(context, sessionCookie);
  const former = before === undefined ? undefined : await people.sessions.find(before, now());
  if (former) await people.sessions.end(former.account, former.id);
  const agent = context.req.header("user-agent") ?? "";
  const { secret } = await people.sessions.begin({ account, stage, agent, address: context.var.address }, now());
  setSession(context, secret);
  return { stage: stage === "first" ? "second factor" : stage, csrf: csrfOf(secret) };
}

export function locked(error: unknown): never {
  if (!(error instanceof Locked)) throw error;
  const seconds = Math.max(1, Math.ceil((error.until - Date.now()) / 1000));
  throw new HttpProblem(429, "too many failures; nobody is let in for a while", {
    headers: { "retry-after": String(seconds) },
  });
}
