import { z } from "@hono/zod-openapi";
import { getCookie } from "hono/cookie";
import { accountSchema, languages, passwordSchema, personName } from "../../../model/account.ts";
import { roleSchema } from "../../../model/role.ts";
import { newRecoveryCodes, newSecret, secretAddress, stepOf } from "../../people/one-time-code.ts";
import type { Passkeys } from "../../people/passkeys.ts";
import type { Around } from "../around.ts";
import { csrfOf, sessionCookie } from "../cookies.ts";
import { type Api, gives, json, operation, principalOf, type Variables } from "../operation.ts";
import { HttpProblem, notFound } from "../problem.ts";

const me = z
  .object({
    account: accountSchema,
    rights: z.object({
      isOperator: z.boolean(),
      tenants: z.record(z.string(), roleSchema),
      readOnly: z.boolean(),
      looksAs: z.string().optional().describe("An operator looks at what this tenant sees."),
    }),
    csrf: z.string().optional().describe("To be sent as `X-CSRF-Token`; for browsers."),
    recoveryCodesLeft: z.int(),
  })
  .meta({ id: "Me" });

const tags = ["Oneself"];
const done = { 204: { description: "Done." } } as const;
const byId = z.object({ id: z.string().min(1).max(500) });
const proof = z.string().max(200).describe("The password; empty for those who have none.");

const whoAmI = operation("anybody", [], {
  method: "get",
  path: "/v1/me",
  operationId: "me",
  tags,
  summary: "Who asks, and what they may",
  responses: { 200: gives("You.", me) },
});

const change = operation("session", [422], {
  method: "patch",
  path: "/v1/me",
  operationId: "changeMe",
  tags,
  summary: "Change one's name or language",
  request: {
    body: json(z.strictObject({ name: personName.optional(), language: z.enum(languages).optional() })),
  },
  responses: done,
});

const setPassword = operation("session", [422], {
  method: "put",
  path: "/v1/me/password",
  operationId: "setPassword",
  tags,
  summary: "Set a new password; all other sessions end",
  request: { body: json(z.strictObject({ current: proof, password: passwordSchema })) },
  responses: done,
});

const beginTotp = operation("session", [409], {
  method: "post",
  path: "/v1/me/totp",
  operationId: "beginTotp",
  tags,
  summary: "Begin to sign in with an app's codes, too",
  responses: {
    200: gives(
      "For the app; it counts once a code of it has been shown.",
      z.object({ secret: z.string(), address: z.string(), ticket: z.string() }),
    ),
  },
});

const confirmTotp = operation("session", [422], {
  method: "put",
  path: "/v1/me/totp",
  operationId: "confirmTotp",
  tags,
  summary: "Show a code of the app; from then on one is asked for",
  request: { body: json(z.strictObject({ ticket: z.string().max(1_000), code: z.string().max(10) })) },
  responses: {
    200: gives(
      "Codes for the day on which the app is gone, each good once, shown once.",
      z.object({ recoveryCodes: z.array(z.string()) }),
    ),
  },
});

const endTotp = operation("session", [422], {
  method: "delete",
  path: "/v1/me/totp",
  operationId: "endTotp",
  tags,
  summary: "Sign in without an app's codes from now on",
  request: { body: json(z.strictObject({ current: proof })) },
  responses: done,
});

const beginPasskey = operation("session", [], {
  method: "post",
  path: "/v1/me/passkeys/options",
  operationId: "newPasskeyOptions",
  tags,
  summary: "What a browser needs to make a passkey",
  responses: {
    200: gives(
      "For `navigator.credentials.create`.",
      z.object({ ticket: z.string(), options: z.record(z.string(), z.unknown()) }),
    ),
  },
});

const addPasskey = operation("session", [422], {
  method: "post",
  path: "/v1/me/passkeys",
  operationId: "addPasskey",
  tags,
  summary: "Sign in with this passkey from now on, too",
  request: {
    body: json(
      z.strictObject({ name: personName, ticket: z.string().max(1_000), response: z.record(z.string(), z.unknown()) }),
    ),
  },
  responses: { 201: { description: "Added." } },
});

const passkeySchema = z.object({ id: z.string(), name: z.string(), createdAt: z.int(), usedAt: z.int().optional() });

const listPasskeys = operation("session", [], {
  method: "get",
  path: "/v1/me/passkeys",
  operationId: "listPasskeys",
  tags,
  summary: "One's passkeys",
  responses: { 200: gives("All.", z.array(passkeySchema)) },
});

const removePasskey = operation("session", [404], {
  method: "delete",
  path: "/v1/me/passkeys/{id}",
  operationId: "removePasskey",
  tags,
  summary: "A passkey is good no longer",
  request: { params: byId },
  responses: done,
});

const sessionSchema = z.object({
  id: z.string(),
  agent: z.string(),
  address: z.string(),
  createdAt: z.int(),
  seenAt: z.int(),
  isThis: z.boolean(),
});

const listSessions = operation("session", [], {
  method: "get",
  path: "/v1/me/sessions",
  operationId: "listSessions",
  tags,
  summary: "Where one is signed in",
  responses: { 200: gives("All.", z.array(sessionSchema)) },
});

const endSession = operation("session", [404], {
  method: "delete",
  path: "/v1/me/sessions/{id}",
  operationId: "endSession",
  tags,
  summary: "Sign out there",
  request: { params: byId },
  responses: done,
});

/** What people do to their own accounts. */
export function meRoutes(api: Api, { people, passwords, now }: Around, keys: Passkeys): void {
  const { accounts, credentials, sessions, tickets } = people;
  const own = async (context: { var: Variables }) => {
    const account = await accounts.get(principalOf(context).user!);
    if (!account) throw new HttpProblem(401, "sign in first");
    return account;
  };
  /** Whoever finds a browser open does not know the password. */
  async function prove(account: { readonly id: string; readonly hasPassword: boolean }, current: string) {
    if (account.hasPassword && !(await passwords.isRight(current, await credentials.password(account.id))))
      throw new HttpProblem(422, "the password is wrong");
  }

  api.openapi(whoAmI, async (context) => {
    const { isOperator, tenants, readOnly, looksAs } = principalOf(context);
    const account = await own(context);
    const secret = getCookie(context, sessionCookie);
    return context.json(
      {
        account,
        rights: {
          isOperator,
          tenants: { ...tenants },
          readOnly: readOnly ?? false,
          ...(looksAs !== undefined && { looksAs }),
        },
        ...(context.var.session && secret !== undefined && { csrf: csrfOf(secret) }),
        recoveryCodesLeft: await credentials.recoveryCodesLeft(account.id),
      },
      200,
    );
  });

  api.openapi(change, async (context) => {
    const account = await own(context);
    const { name = account.name, language = account.language } = context.req.valid("json");
    await accounts.change(account.id, { name, language }, { at: now(), actor: account.email, cause: "change oneself" });
    return context.body(null, 204);
  });

  api.openapi(setPassword, async (context) => {
    const account = await own(context);
    const { current, password } = context.req.valid("json");
    await prove(account, current);
    await credentials.setPassword(account.id, await passwords.hash(password));
    await sessions.endAll(account.id, context.var.session!.id);
    return context.body(null, 204);
  });

  api.openapi(beginTotp, async (context) => {
    const account = await own(context);
    if (account.hasTotp) throw new HttpProblem(409, "an app's codes are asked for already; end that first");
    const secret = newSecret();
    const ticket = tickets.make(`totp of ${account.id}`, secret, now() + 600_000);
    return context.json({ secret, address: secretAddress(secret, account.email), ticket }, 200);
  });

  api.openapi(confirmTotp, async (context) => {
    const account = await own(context);
    const { ticket, code } = context.req.valid("json");
    const secret = tickets.read(`totp of ${account.id}`, ticket, now()) as string | undefined;
    if (secret === undefined) throw new HttpProblem(422, "this took too long; begin again");
    const step = stepOf(secret, code, now());
    if (step === undefined) throw new HttpProblem(422, "this is not the code that the app shows now");
    const recoveryCodes = newRecoveryCodes();
    await credentials.setTotp(account.id, secret);
    await credentials.useStep(account.id, step);
    await credentials.setRecoveryCodes(account.id, recoveryCodes);
    return context.json({ recoveryCodes }, 200);
  });

  api.openapi(endTotp, async (context) => {
    const account = await own(context);
    await prove(account, context.req.valid("json").current);
    await credentials.setTotp(account.id, undefined);
    return context.body(null, 204);
  });

  api.openapi(beginPasskey, async (context) => context.json(await keys.beginToAdd(await own(context)), 200));

  api.openapi(addPasskey, async (context) => {
    const { name, ticket, response } = context.req.valid("json");
    if (!(await keys.add(await own(context), name, ticket, response)))
      throw new HttpProblem(422, "this passkey could not be checked, or it took too long");
    return context.body(null, 201);
  });

  api.openapi(listPasskeys, async (context) => {
    const all = await credentials.passkeys((await own(context)).id);
    return context.json(
      all.map(({ id, name, createdAt, usedAt }) => ({ id, name, createdAt, ...(usedAt !== undefined && { usedAt }) })),
      200,
    );
  });

  api.openapi(removePasskey, async (context) => {
    const { id } = await own(context);
    if (!(await credentials.removePasskey(id, context.req.valid("param").id))) throw notFound("such passkey");
    return context.body(null, 204);
  });

  api.openapi(listSessions, async (context) => {
    const all = await sessions.list((await own(context)).id, now());
    return context.json(
      all.map(({ id, agent, address, createdAt, seenAt }) => ({
        ...{ id, agent, address, createdAt, seenAt },
        isThis: id === context.var.session!.id,
      })),
      200,
    );
  });

  api.openapi(endSession, async (context) => {
    const { id } = await own(context);
    if (!(await sessions.end(id, context.req.valid("param").id))) throw notFound("such session");
    return context.body(null, 204);
  });
}
