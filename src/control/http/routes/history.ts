import { z } from "@hono/zod-openapi";
import { UserError } from "../../../model/problem.ts";
import { parseRef, type ResourceRef, tenantName } from "../../../model/resource.ts";
import { isAtLeast, type Principal, visibleTenants } from "../../../model/role.ts";
import type { AuditEntry } from "../../../store/audit.ts";
import { changesOf, formerly, returnTo } from "../../changes.ts";
import { acceptedOf, acceptedSchema } from "../accepted.ts";
import type { Applying } from "../applying.ts";
import type { Around } from "../around.ts";
import { type Api, gives, json, operation, principalOf } from "../operation.ts";
import { HttpProblem, notFound } from "../problem.ts";

const limit = z.coerce.number().int().min(1).max(500).default(50);
const tags = ["History"];

const entrySchema = z
  .object({
    number: z.int(),
    at: z.int(),
    actor: z.string(),
    cause: z.string(),
    ref: z.string(),
    tenant: z.string().optional(),
    before: z.unknown().optional().describe("What was stated; secrets are sealed."),
    after: z.unknown().optional(),
  })
  .meta({ id: "AuditEntry" });

const audit = operation("admin", [], {
  method: "get",
  path: "/v1/audit",
  operationId: "listAudit",
  tags,
  summary: "Who has changed what: for operators all, for admins what concerns their tenants",
  request: {
    query: z.strictObject({
      ref: z.string().max(320).optional(),
      tenant: tenantName.optional(),
      before: z.coerce.number().int().min(1).optional().describe("Older than this entry."),
      limit,
    }),
  },
  responses: {
    200: gives("Newest first.", z.array(entrySchema)),
  },
});

const verify = operation("operator", [], {
  method: "get",
  path: "/v1/audit/verify",
  operationId: "verifyAudit",
  tags,
  summary: "Whether anybody has altered the log",
  responses: {
    200: {
      description: "`broken` is the first entry that does not fit its predecessor.",
      content: {
        "application/json": {
          schema: z.object({ entries: z.int(), head: z.string(), broken: z.int().optional() }),
        },
      },
    },
  },
});

const which = z.object({
  kind: z
    .string()
    .max(64)
    .regex(/^[A-Z][A-Za-z0-9]*$/),
  name: z.string().min(1).max(253),
});

const history = operation("viewer", [404], {
  method: "get",
  path: "/v1/resources/{kind}/{name}/history",
  operationId: "resourceHistory",
  tags,
  summary: "What one record has been, also one that is gone",
  request: { params: which, query: z.strictObject({ limit }) },
  responses: {
    200: gives("Newest first.", z.array(entrySchema)),
  },
});

const rollBackOne = operation("member", [404, 412, 422], {
  method: "post",
  path: "/v1/resources/{kind}/{name}/rollback",
  operationId: "rollBackResource",
  tags,
  summary: "State one record as it was after an entry of its history; 0: as if it had never been",
  request: { params: which, body: json(z.strictObject({ to: z.int().min(0) })) },
  responses: { 200: gives("Accepted.", acceptedSchema) },
});

const listChanges = operation("operator", [], {
  method: "get",
  path: "/v1/changes",
  operationId: "listChanges",
  tags,
  summary: "The estate's changes, each as a whole",
  request: { query: z.strictObject({ limit }) },
  responses: {
    200: {
      description: "Newest first.",
      content: {
        "application/json": {
          schema: z.array(
            z.object({
              number: z.int(),
              at: z.int(),
              actor: z.string(),
              cause: z.string(),
              refs: z.array(z.string()),
            }),
          ),
        },
      },
    },
  },
});

const rollBack = operation("operator", [412, 422], {
  method: "post",
  path: "/v1/rollback",
  operationId: "rollBack",
  tags,
  summary: "State everything as it was after a change; 0 is before the first",
  request: { body: json(z.strictObject({ to: z.int().min(0) })) },
  responses: { 200: gives("Accepted.", acceptedSchema) },
});

/** What was, and how to go back to it. */
export function historyRoutes(api: Api, { estate, control }: Around, applying: Applying): void {
  /** Entries of a record that whoever asks may see: its owner now, or when it went, decides. */
  async function entriesOf(principal: Principal, { kind, name }: z.output<typeof which>, most: number) {
    const ref: ResourceRef = `${kind}/${name}`;
    const entries = await estate.audit(most, { ref });
    const owner = (await estate.get(ref))?.tenant ?? entries[0]?.tenant;
    if (entries.length === 0 || !isAtLeast(principal, "viewer", owner)) throw notFound(ref);
    // Before it was theirs, it was somebody else's.
    return principal.isOperator ? entries : entries.filter(({ tenant }) => tenant === owner);
  }

  api.openapi(audit, async (context) => {
    const principal = principalOf(context);
    const { ref, tenant, before, limit } = context.req.valid("query");
    const own = visibleTenants(principal)?.filter((each) => isAtLeast(principal, "admin", each));
    const tenants = tenant === undefined ? own : own === undefined || own.includes(tenant) ? [tenant] : [];
    const entries = await estate.audit(limit, { ref: ref as ResourceRef | undefined, before, tenants });
    return context.json(entries.map(toEntry), 200);
  });

  api.openapi(verify, async (context) => context.json(await estate.verifyAudit(), 200));

  api.openapi(history, async (context) => {
    const { limit } = context.req.valid("query");
    const entries = await entriesOf(principalOf(context), context.req.valid("param"), limit);
    return context.json(entries.map(toEntry), 200);
  });

  api.openapi(rollBackOne, async (context) => {
    const principal = principalOf(context);
    const { kind, name } = context.req.valid("param");
    const { to } = context.req.valid("json");
    const entries = await entriesOf(principal, { kind, name }, 10_000);
    const entry = to === 0 ? undefined : entries.find(({ id }) => id === to);
    if (to !== 0 && !entry) throw new HttpProblem(422, `its history has no entry ${to}`);
    const ref: ResourceRef = `${kind}/${name}`;
    const cause = `roll ${ref} back to ${to}`;
    const stored = await estate.get(ref);
    if (entry?.after === undefined) {
      if (!stored) throw new UserError(`${ref} is gone already`);
      return context.json(acceptedOf(await applying.remove(principal, [{ ref }], cause)), 200);
    }
    const resource = { ...parseRef(ref), ...formerly(estate, ref, entry.after) };
    const received = { resource, from: stored?.source ?? "", seen: stored?.revision ?? 0 };
    return context.json(acceptedOf(await applying.state(principal, [received], cause)), 200);
  });

  api.openapi(listChanges, async (context) => {
    const all = await changesOf(estate, context.req.valid("query").limit);
    return context.json(
      all.map(({ refs, ...each }) => ({ ...each, refs: [...refs] })),
      200,
    );
  });

  api.openapi(rollBack, async (context) => {
    const { to } = context.req.valid("json");
    const writes = await returnTo(estate, to);
    const actor = { name: principalOf(context).name, command: `roll back to ${to}` };
    return context.json(acceptedOf(await control.write(writes, actor)), 200);
  });
}

const toEntry = ({ id, before, after, ...entry }: AuditEntry): z.output<typeof entrySchema> => ({
  number: id,
  ...entry,
  ...(before !== undefined && { before }),
  ...(after !== undefined && { after }),
});
