import { z } from "@hono/zod-openapi";
import { accountSchema, emailSchema, languages, passwordSchema, personName } from "../../../model/account.ts";
import { tenantName } from "../../../model/resource.ts";
import { isAtLeast, roleSchema, visibleTenants } from "../../../model/role.ts";
import type { Around } from "../around.ts";
import { type Api, gives, json, operation, principalOf } from "../operation.ts";
import { HttpProblem, notFound } from "../problem.ts";
import { begin } from "./session.ts";

/** How long an invitation is good, and a link for a new password. Milliseconds. */
const [week, day] = [7 * 86_400_000, 86_400_000];

const secret = z.string().min(10).max(100);
const tags = ["People"];

const invitationSchema = z
  .object({
    id: z.string(),
    email: z.string().optional(),
    isOperator: z.boolean(),
    tenant: z.string().optional(),
    role: roleSchema.optional(),
    invitedBy: z.string(),
    expiresAt: z.int(),
  })
  .meta({ id: "Invitation" });

const link = z.object({ link: z.string().describe("For whom it is about; shown this once."), expiresAt: z.int() });

const look = operation("nobody", [404], {
  method: "post",
  path: "/v1/invitations/look",
  operationId: "lookAtInvitation",
  tags,
  summary: "What a link is good for",
  request: { body: json(z.strictObject({ secret })) },
  responses: {
    200: {
      description: "It is good.",
      content: {
        "application/json": {
          schema: z.object({
            is: z.enum(["new account", "new password", "one more tenant"]),
            email: z.string().optional().describe("None: it is to be said."),
            tenant: z.string().optional().describe("Whom it is for, in words."),
          }),
        },
      },
    },
  },
});

const accept = operation("nobody", [404, 422], {
  method: "post",
  path: "/v1/invitations/accept",
  operationId: "acceptInvitation",
  tags,
  summary: "Make an account, or set a new password, and be signed in",
  request: {
    body: json(
      z.strictObject({
        secret,
        email: emailSchema.optional(),
        name: personName.optional(),
        password: passwordSchema,
        language: z.enum(languages).default("en"),
      }),
    ),
  },
  responses: {
    200: gives("The cookie is set.", z.object({ csrf: z.string(), account: accountSchema })),
  },
});

const join = operation("session", [404, 422], {
  method: "post",
  path: "/v1/invitations/join",
  operationId: "joinTenant",
  tags,
  summary: "Be in one more tenant, with the account that one has",
  request: { body: json(z.strictObject({ secret })) },
  responses: { 204: { description: "From now on." } },
});

const list = operation("admin", [], {
  method: "get",
  path: "/v1/invitations",
  operationId: "listInvitations",
  tags,
  summary: "Who has been invited and has not come yet",
  responses: { 200: gives("All.", z.array(invitationSchema)) },
});

const invite = operation("admin", [422], {
  method: "post",
  path: "/v1/invitations",
  operationId: "invite",
  tags,
  summary: "Invite somebody; whoever has the link makes the account",
  request: {
    body: json(
      z
        .strictObject({
          email: emailSchema,
          isOperator: z.boolean().default(false),
          tenant: tenantName.optional(),
          role: roleSchema.optional(),
        })
        .refine(
          ({ tenant, role }) => (tenant === undefined) === (role === undefined),
          "say `tenant` and `role`, or neither",
        ),
    ),
  },
  responses: { 201: gives("Invited.", link) },
});

const withdraw = operation("admin", [404], {
  method: "delete",
  path: "/v1/invitations/{id}",
  operationId: "withdrawInvitation",
  tags,
  summary: "A link is good no longer",
  request: { params: z.object({ id: z.string().min(1).max(100) }) },
  responses: { 204: { description: "From now on." } },
});

const reset = operation("operator", [404], {
  method: "post",
  path: "/v1/accounts/{id}/reset",
  operationId: "resetPassword",
  tags,
  summary: "A link by which somebody sets a new password",
  request: { params: z.object({ id: z.string().min(1).max(100) }) },
  responses: { 201: gives("Made.", link) },
});

/** How many may sign in for a tenant, or are invited to. */
export const peopleOf = async (
  { accounts, invitations }: Pick<Around["people"], "accounts" | "invitations">,
  tenant: string,
  now: number,
): Promise<number> => (await accounts.list([tenant])).length + (await invitations.list(now, [tenant])).length;

/** How people get in for the first time, or again. */
export function invitationRoutes(api: Api, around: Around): void {
  const { people, passwords, now, origin } = around;
  const { invitations, accounts, credentials, sessions, tenants } = people;
  const linkWith = (word: string) => `${origin}/welcome#${word}`;

  api.openapi(look, async (context) => {
    const found = await invitations.find(context.req.valid("json").secret, now());
    if (!found) throw new HttpProblem(404, "this link is good no longer: it can be used once, and for some days");
    const of = found.account === undefined ? undefined : await accounts.get(found.account);
    const email = of?.email ?? found.email;
    const tenant = found.tenant === undefined ? undefined : await tenants.get(found.tenant);
    const isKnown = found.email !== undefined && (await accounts.named(found.email)) !== undefined;
    return context.json(
      {
        is: of ? ("new password" as const) : isKnown ? ("one more tenant" as const) : ("new account" as const),
        ...(email !== undefined && { email }),
        ...(tenant && { tenant: tenant.title }),
      },
      200,
    );
  });

  api.openapi(accept, async (context) => {
    const { secret, email: said, name, password, language } = context.req.valid("json");
    const found = await invitations.find(secret, now());
    const email = found?.email ?? said;
    if (!found) throw new HttpProblem(404, "this link is good no longer");
    const hashed = await passwords.hash(password);
    if (found.account !== undefined) {
      const account = await accounts.get(found.account);
      if (!account || !(await invitations.use(found.id))) throw new HttpProblem(404, "this link is good no longer");
      await credentials.setPassword(account.id, hashed);
      await sessions.endAll(account.id);
      const { csrf } = await begin(context, around, account.id, account.hasTotp ? "first" : "signed in");
      return context.json({ csrf, account }, 200);
    }
    if (email === undefined || name === undefined) throw new HttpProblem(422, "say your name and e-mail address");
    if (await accounts.named(email)) throw new HttpProblem(422, `${email} has an account already; sign in`);
    if (!(await invitations.use(found.id))) throw new HttpProblem(404, "this link is good no longer");
    const { isOperator, tenant, role } = found;
    const account = await accounts.add(
      {
        ...{ email, name, language, isOperator, password: hashed },
        tenants: tenant !== undefined && role !== undefined ? { [tenant]: role } : {},
      },
      { at: now(), actor: email, cause: `accept the invitation of ${found.invitedBy}` },
    );
    const { csrf } = await begin(context, around, account.id, "signed in");
    return context.json({ csrf, account }, 200);
  });

  api.openapi(join, async (context) => {
    const found = await invitations.find(context.req.valid("json").secret, now());
    const account = await accounts.get(principalOf(context).user!);
    if (!found || !account || found.account !== undefined) throw new HttpProblem(404, "this link is good no longer");
    const { email, tenant, role, invitedBy, isOperator } = found;
    if (email !== account.email) throw new HttpProblem(422, `this link is for ${email}; you are ${account.email}`);
    if (!(await invitations.use(found.id))) throw new HttpProblem(404, "this link is good no longer");
    await accounts.change(
      account.id,
      {
        ...(isOperator && { isOperator }),
        ...(tenant !== undefined && role !== undefined && { tenants: { ...account.tenants, [tenant]: role } }),
      },
      { at: now(), actor: account.email, cause: `accept the invitation of ${invitedBy}` },
    );
    return context.body(null, 204);
  });

  api.openapi(list, async (context) => {
    const principal = principalOf(context);
    const own = visibleTenants(principal)?.filter((tenant) => isAtLeast(principal, "admin", tenant));
    return context.json(
      (await invitations.list(now(), own)).map(({ account: _, ...each }) => each),
      200,
    );
  });

  api.openapi(invite, async (context) => {
    const principal = principalOf(context);
    const { email, isOperator, tenant, role } = context.req.valid("json");
    const isTheirs = tenant !== undefined && isAtLeast(principal, "admin", tenant);
    if (!principal.isOperator && (isOperator || !isTheirs))
      throw new HttpProblem(403, "you invite to your own tenants only");
    if (tenant !== undefined && !(await tenants.get(tenant)))
      throw new HttpProblem(422, `there is no tenant ${tenant}`);
    if (!isOperator && tenant === undefined) throw new HttpProblem(422, "say to which tenant, and as what");
    const existing = await accounts.named(email);
    if (existing) {
      if (tenant === undefined || role === undefined || existing.tenants[tenant])
        throw new HttpProblem(422, `${email} has an account already`);
      // Who has an account needs no second one; whether they want to be in one more tenant is theirs to say, but to operators.
      if (principal.isOperator) {
        await accounts.change(
          existing.id,
          { tenants: { ...existing.tenants, [tenant]: role } },
          { at: now(), actor: principal.name, cause: `make ${email} ${role} of ${tenant}` },
        );
        return context.json({ link: `${origin}/`, expiresAt: now() }, 201);
      }
    }
    const expiresAt = now() + week;
    const add = () =>
      invitations.add({
        email,
        isOperator,
        ...(tenant !== undefined && { tenant }),
        ...(role !== undefined && { role }),
        invitedBy: principal.name,
        expiresAt,
      });
    const made = tenant === undefined || principal.isOperator ? await add() : await withinQuota(tenant, add);
    return context.json({ link: linkWith(made.secret), expiresAt }, 201);
  });

  /** Two who are invited at once may be one too many. */
  const withinQuota = <T>(name: string, add: () => Promise<T>): Promise<T> =>
    people.leases.hold(`people of ${name}`, async () => {
      const tenant = await tenants.get(name);
      const most = tenant?.quotas.people;
      const used = await peopleOf(people, name, now());
      if (most !== undefined && used >= most)
        throw new HttpProblem(422, `${tenant!.title} may have ${most} people; this would be ${used + 1}`);
      return add();
    });

  api.openapi(withdraw, async (context) => {
    const principal = principalOf(context);
    const own = visibleTenants(principal)?.filter((tenant) => isAtLeast(principal, "admin", tenant));
    const { id } = context.req.valid("param");
    const found = (await invitations.list(now(), own)).find((each) => each.id === id);
    if (!found) throw notFound("such invitation");
    await invitations.use(id);
    return context.body(null, 204);
  });

  api.openapi(reset, async (context) => {
    const principal = principalOf(context);
    const account = await accounts.get(context.req.valid("param").id);
    if (!account) throw notFound("such account");
    const expiresAt = now() + day;
    const made = await invitations.add({
      isOperator: false,
      account: account.id,
      invitedBy: principal.name,
      expiresAt,
    });
    return context.json({ link: linkWith(made.secret), expiresAt }, 201);
  });
}
