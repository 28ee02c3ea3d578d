import { z } from "@hono/zod-openapi";
import { NoAnswer } from "../../../bus/bus.ts";
import type { JoinToken } from "../../../bus/joining.ts";
import { printToken } from "../../../bus/joining.ts";
import { machineSchema } from "../../../model/machine.ts";
import { hostLabel, labelsSchema } from "../../../model/placement.ts";
import { returnHost } from "../../returning.ts";
import { acceptedOf, acceptedSchema } from "../accepted.ts";
import type { Around } from "../around.ts";
import { type Api, gives, json, operation, principalOf } from "../operation.ts";
import { planned, plannedSchema } from "../planned.ts";
import { HttpProblem, notFound } from "../problem.ts";

const tags = ["Hosts"];
const byName = z.object({ name: hostLabel });

const hostSchema = z
  .object({
    name: z.string(),
    labels: labelsSchema,
    draining: z.boolean().describe("It gets nothing that can be elsewhere."),
    present: z.boolean().describe("It is heard of."),
    joined: z.boolean(),
    seenAt: z.int().optional(),
    version: z.string().optional(),
    os: z.string().optional(),
    generation: z.int().optional(),
    conditions: z.record(z.string(), z.int()).describe("How many resources are in each state there."),
  })
  .meta({ id: "Host" });

const list = operation("operator", [], {
  method: "get",
  path: "/v1/hosts",
  operationId: "listHosts",
  tags,
  summary: "The estate's hosts",
  responses: { 200: gives("All.", z.array(hostSchema)) },
});

const get = operation("operator", [404], {
  method: "get",
  path: "/v1/hosts/{name}",
  operationId: "getHost",
  tags,
  summary: "One host",
  request: { params: byName },
  responses: { 200: gives("The host.", hostSchema) },
});

const add = operation("operator", [422], {
  method: "put",
  path: "/v1/hosts/{name}",
  operationId: "addHost",
  tags,
  summary: "Add a host",
  request: { params: byName, body: json(z.strictObject({ labels: labelsSchema.default({}) })) },
  responses: { 204: { description: "Added." } },
});

const change = operation("operator", [404, 422], {
  method: "patch",
  path: "/v1/hosts/{name}",
  operationId: "changeHost",
  tags,
  summary: "Labels (`null` takes one away), and whether it drains",
  request: {
    params: byName,
    body: json(
      z.strictObject({
        labels: z.record(hostLabel, labelsSchema.valueType.nullable()).optional(),
        draining: z.boolean().optional(),
      }),
    ),
  },
  responses: { 204: { description: "From now on." } },
});

const remove = operation("operator", [404, 422], {
  method: "delete",
  path: "/v1/hosts/{name}",
  operationId: "removeHost",
  tags,
  summary: "Forget a host; what it has stays on it",
  request: { params: byName },
  responses: { 204: { description: "Forgotten." } },
});

const token = operation("operator", [404, 422], {
  method: "post",
  path: "/v1/hosts/{name}/token",
  operationId: "hostToken",
  tags,
  summary: "What lets a machine become this host, once, within an hour",
  request: { params: byName },
  responses: {
    201: gives("Made.", z.object({ token: z.string() })),
  },
});

const drift = operation("operator", [404, 409], {
  method: "get",
  path: "/v1/hosts/{name}/plan",
  operationId: "hostPlan",
  tags,
  summary: "What is pending on a host, or was changed by hand",
  request: { params: byName },
  responses: {
    200: {
      description: "Each change with what is there and what should be.",
      content: {
        "application/json": {
          schema: z.object({
            changes: z.array(plannedSchema),
          }),
        },
      },
    },
  },
});

const machine = operation("operator", [404, 409], {
  method: "get",
  path: "/v1/hosts/{name}/machine",
  operationId: "hostMachine",
  tags,
  summary: "What kind of a machine a host is, how it fares, and its generations",
  request: { params: byName },
  responses: { 200: gives("As it is right now.", machineSchema.meta({ id: "Machine" })) },
});

const restore = operation("operator", [404, 409], {
  method: "post",
  path: "/v1/hosts/{name}/restore",
  operationId: "restoreHost",
  tags,
  summary: "Put everything right there, also what was changed by hand (each edit is kept beside it)",
  request: { params: byName },
  responses: {
    200: gives("How it ended.", z.object({ state: z.string(), detail: z.string() })),
  },
});

const rollBack = operation("operator", [404, 409, 412, 422], {
  method: "post",
  path: "/v1/hosts/{name}/rollback",
  operationId: "rollBackHost",
  tags,
  summary: "State every record that has changed a host since one of its generations as it was; 0 is before the first",
  description: "What is stated for several hosts goes back on all of them.",
  request: { params: byName, body: json(z.strictObject({ to: z.int().min(0) })) },
  responses: { 200: gives("Accepted.", acceptedSchema) },
});

/** The estate's hosts. `joining`: what a machine needs besides its secret; none where there is no bus. */
export function hostRoutes(
  api: Api,
  { control, estate, fleet, now }: Around,
  joining: Omit<JoinToken, "host" | "secret"> | undefined,
): void {
  const all = async (): Promise<z.output<typeof hostSchema>[]> =>
    (await control.hosts()).map(({ name, labels, draining, publicKey, state, seenAt }) => ({
      name,
      labels: { ...labels },
      draining,
      present: control.isPresent(name),
      joined: publicKey !== undefined,
      ...(seenAt !== undefined && { seenAt }),
      ...(state && { version: state.version, os: state.os, generation: state.generation }),
      conditions: { ...state?.conditions },
    }));
  const known = async (name: string) => {
    if (!(await fleet.host(name))) throw notFound(`host ${name}`);
    return name;
  };
  const signed = (actor: string, cause: string) => ({ at: now(), actor, cause });

  api.openapi(list, async (context) => context.json(await all(), 200));

  api.openapi(get, async (context) => {
    const { name } = context.req.valid("param");
    const host = (await all()).find((each) => each.name === name);
    if (!host) throw notFound(`host ${name}`);
    return context.json(host, 200);
  });

  api.openapi(add, async (context) => {
    const { name } = context.req.valid("param");
    await fleet.add(name, context.req.valid("json").labels, signed(principalOf(context).name, `add host ${name}`));
    control.nudge();
    return context.body(null, 204);
  });

  api.openapi(change, async (context) => {
    const name = await known(context.req.valid("param").name);
    const { labels, draining } = context.req.valid("json");
    const actor = principalOf(context).name;
    if (labels) await fleet.label(name, labels, signed(actor, `label ${name}`));
    if (draining !== undefined) await fleet.drain(name, draining, signed(actor, `drain ${name}`));
    control.nudge();
    return context.body(null, 204);
  });

  api.openapi(remove, async (context) => {
    const name = await known(context.req.valid("param").name);
    await control.removeHost(name, signed(principalOf(context).name, `remove host ${name}`));
    return context.body(null, 204);
  });

  api.openapi(token, async (context) => {
    const name = await known(context.req.valid("param").name);
    if (!joining)
      throw new HttpProblem(422, "hosts other than this machine need a bus; see `upkeep install server --listen`");
    return context.json({ token: printToken({ host: name, ...joining, secret: await control.token(name) }) }, 201);
  });

  api.openapi(drift, async (context) => {
    const name = await known(context.req.valid("param").name);
    const { plan, problem } = await control.planOf(name);
    if (!plan) throw new HttpProblem(409, `${name}: ${problem}`);
    return context.json({ changes: plan.changes.map(planned) }, 200);
  });

  api.openapi(machine, async (context) => {
    const name = await known(context.req.valid("param").name);
    return context.json(await answered(control.describe(name)), 200);
  });

  api.openapi(rollBack, async (context) => {
    const host = await fleet.host(await known(context.req.valid("param").name));
    const { to } = context.req.valid("json");
    const writes = await returnHost(estate, host!, await answered(control.since(host!.name, to)));
    const actor = { name: principalOf(context).name, command: `roll ${host!.name} back to generation ${to}` };
    return context.json(acceptedOf(await control.write(writes, actor)), 200);
  });

  api.openapi(restore, async (context) => {
    const name = await known(context.req.valid("param").name);
    const { state, detail } = await control.restoreOf(name);
    if (state === "away") throw new HttpProblem(409, `${name}: ${detail}`);
    return context.json({ state, detail }, 200);
  });
}

const answered = <T>(asked: Promise<T>): Promise<T> =>
  asked.catch((error: unknown) => {
    throw error instanceof NoAnswer ? new HttpProblem(409, error.message) : error;
  });
