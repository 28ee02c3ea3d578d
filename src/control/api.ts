import { type Context, Hono } from "hono";
import { stream } from "hono/streaming";
import { z } from "zod";
import { type JoinToken, printToken } from "../bus/joining.ts";
import type { MemoryBus } from "../bus/memory.ts";
import { metricsOf } from "../model/figures.ts";
import { exposition } from "../model/metrics.ts";
import { hostLabel } from "../model/placement.ts";
import { UserError } from "../model/problem.ts";
import { type LiveEvent, liveEventSchema, type Report, reportSchema } from "../model/report.ts";
import type { ResourceRef } from "../model/resource.ts";
import { version } from "../model/version.ts";
import type { HostKey } from "../store/fleet-host.ts";
import { changesOf, returnTo } from "./changes.ts";
import type { Accepted, Control } from "./control.ts";
import { followToEnd } from "./following.ts";
import { receive, statementSchema } from "./receive.ts";
import { returnHost } from "./returning.ts";
import { secretsOf } from "./stating.ts";

/** Who asks, as the kernel knows them. */
export interface Peer {
  readonly uid: number;
  readonly name: string;
}

const intention = z.strictObject({
  statements: z.array(statementSchema).max(100_000),
  prune: z.array(z.string()).default([]),
  pages: z.record(z.string().regex(/^[0-9a-f]{64}$/), z.string().max(1 << 20)).default({}),
  command: z.string().max(4_000),
  /** Whether the answer goes on until every host is done. */
  wait: z.boolean().default(true),
});
const removal = z.strictObject({
  refs: z.array(z.string().regex(/^[A-Z][A-Za-z0-9]*\/.+$/s)).min(1),
  command: z.string().max(4_000),
});
const reversal = z.strictObject({ to: z.int().min(0).optional(), command: z.string().max(4_000) });
const newHost = z.strictObject({ labels: z.record(hostLabel, z.string()).default({}), command: z.string() });
const changedLabels = z.strictObject({ labels: z.record(hostLabel, z.string().nullable()), command: z.string() });
const drained = z.strictObject({ draining: z.boolean(), command: z.string() });

/** The control plane's interface for commands on its own machine. `identify` tells who is at the other end. */
export function controlApi(
  control: Control,
  {
    challenge,
    identify,
    local,
    joining,
    users,
    forOperators,
    now,
  }: {
    /** What a machine needs to know besides its secret to join over the bus. */
    readonly joining?: Omit<JoinToken, "host" | "secret">;
    /** Whom the bus has to let in, for NATS servers that are not Upkeep's. */
    readonly users?: (hosts: readonly HostKey[]) => readonly object[];
    /** What a peer has to do to show who it is. */
    readonly challenge: () => object;
    readonly identify: (context: Context) => Promise<Peer>;
    /** Where hosts come to this socket instead of a bus. */
    readonly local?: MemoryBus;
    /** What programs elsewhere ask, too, for whoever may open this socket: an operator of all. */
    readonly forOperators?: (request: Request, env: object) => Response | Promise<Response>;
    readonly now: () => number;
  },
): Hono {
  const app = new Hono();
  const { estate, fleet } = control;

  app.onError((error, context) => {
    if (error instanceof UserError) return context.json({ problems: error.problems }, 422);
    if (error instanceof z.ZodError)
      return context.json(
        { problems: error.issues.map(({ path, message }) => ({ message: `${path.join(".")}: ${message}` })) },
        400,
      );
    return context.json({ problems: [{ message: error.message }] }, 500);
  });

  const actorOf = async (context: Context, command: string) => ({ name: (await identify(context)).name, command });
  const signed = async (context: Context, command: string) => ({
    at: now(),
    actor: (await identify(context)).name,
    cause: command,
  });

  app.get("/v1/challenge", (context) => context.json(challenge()));
  // Read by programs that know of no challenge; whoever may open the socket may see it.
  app.get("/metrics", async (context) =>
    context.text(exposition(metricsOf(await fleet.figures(now()))), 200, {
      "content-type": "text/plain; version=0.0.4; charset=utf-8",
    }),
  );
  app.use("*", async (context, next) => {
    await identify(context);
    await next();
  });
  app.get("/v1/whoami", async (context) => context.json({ ...(await identify(context)), bus: !local }));
  app.get("/v1/bus/users", async (context) => {
    if ((await identify(context)).uid !== 0) throw new UserError("only root may see how to come onto the bus");
    if (!users) throw new UserError("this control plane has no bus");
    return context.json(users(await fleet.keys()));
  });
  app.get("/v1/version", (context) => context.json({ version }));

  app.post("/v1/plan", async (context) => {
    const { statements, command, ...rest } = intention.parse(await context.req.json());
    const intended = { ...rest, statements: receive(statements, { opened: (ref, spec) => estate.opened(ref, spec) }) };
    return context.json(await control.plan(intended, await actorOf(context, command)));
  });

  app.post("/v1/apply", async (context) => {
    const { statements, command, wait, ...rest } = intention.parse(await context.req.json());
    const intended = { ...rest, statements: receive(statements, { opened: (ref, spec) => estate.opened(ref, spec) }) };
    const accepted = await control.apply(intended, await actorOf(context, command));
    return wait ? followed(context, control, accepted) : context.json({ accepted });
  });

  app.post("/v1/restore", async (context) => context.json(await control.restore()));

  app.get("/v1/changes", async (context) =>
    context.json(await changesOf(estate, Number(context.req.query("limit") ?? 20))),
  );
  app.post("/v1/rollback", async (context) => {
    const { to, command } = reversal.parse(await context.req.json());
    const [, former] = await changesOf(estate, 2);
    const writes = await returnTo(estate, to ?? former?.number ?? 0);
    return followed(context, control, await control.write(writes, await actorOf(context, command)));
  });

  app.post("/v1/hosts/:name/rollback", async (context) => {
    const { to = 0, command } = reversal.parse(await context.req.json());
    const name = context.req.param("name");
    const host = await fleet.host(name);
    if (!host) throw new UserError(`there is no host ${name}; \`upkeep host list\` shows them`);
    const writes = await returnHost(estate, host, await control.since(name, to));
    return followed(context, control, await control.write(writes, await actorOf(context, command)));
  });

  app.post("/v1/delete", async (context) => {
    const { refs, command } = removal.parse(await context.req.json());
    const accepted = await control.remove(refs as ResourceRef[], await actorOf(context, command));
    return followed(context, control, accepted);
  });

  app.get("/v1/resources", async (context) => {
    const refs = context.req.queries("ref") as ResourceRef[] | undefined;
    const found = refs ? [...(await estate.find(refs)).values()] : await estate.list(context.req.query("kind"));
    // Whoever reads this sees that there is a secret, and can state it again, but not what it is.
    return context.json(found.map((record) => estate.sealed(record, secretsOf(record).secrets ?? [])));
  });
  app.get("/v1/standings", async (context) => context.json(await fleet.shown({ host: context.req.query("host") })));
  app.get("/v1/overview", async (context) =>
    context.json(await fleet.overview(Number(context.req.query("most") ?? 100))),
  );
  app.get("/v1/events", async (context) => {
    const host = context.req.query("host");
    return context.json(
      await fleet.happenings.events({ ...(host && { host }), limit: Number(context.req.query("limit") ?? 20) }),
    );
  });
  app.get("/v1/audit", async (context) => context.json(await estate.audit(Number(context.req.query("limit") ?? 20))));
  app.get("/v1/audit/verify", async (context) => context.json(await estate.verifyAudit()));

  app.get("/v1/hosts", async (context) =>
    context.json((await control.hosts()).map((host) => ({ ...host, present: control.isPresent(host.name) }))),
  );
  app.put("/v1/hosts/:name", async (context) => {
    const { labels, command } = newHost.parse(await context.req.json());
    await fleet.add(hostLabel.parse(context.req.param("name")), labels, await signed(context, command));
    control.nudge();
    return context.json({});
  });
  app.put("/v1/hosts/:name/labels", async (context) => {
    const { labels, command } = changedLabels.parse(await context.req.json());
    await fleet.label(context.req.param("name"), labels, await signed(context, command));
    control.nudge();
    return context.json({});
  });
  app.put("/v1/hosts/:name/drain", async (context) => {
    const { draining, command } = drained.parse(await context.req.json());
    await fleet.drain(context.req.param("name"), draining, await signed(context, command));
    control.nudge();
    return context.json({});
  });

  app.post("/v1/hosts/:name/token", async (context) => {
    if (!joining)
      throw new UserError(
        "hosts other than this machine need a bus; `upkeep install server --listen ADDRESS:4222` sets one up",
      );
    const host = context.req.param("name");
    return context.json({ token: printToken({ host, ...joining, secret: await control.token(host) }) });
  });
  app.delete("/v1/hosts/:name", async (context) => {
    const { command } = z.strictObject({ command: z.string() }).parse(await context.req.json());
    await control.removeHost(context.req.param("name"), await signed(context, command));
    return context.json({});
  });

  if (forOperators)
    app.all("/for-operators/*", (context) => forOperators(withoutFirst(context.req.raw), context.env as object));
  if (local) agentRoutes(app, local, identify);
  return app;
}

/** The same request, to `/v1/...` instead of `/for-operators/v1/...`. */
function withoutFirst(request: Request): Request {
  const url = new URL(request.url);
  url.pathname = url.pathname.replace(/^\/for-operators/, "");
  return new Request(url, request);
}

/** Tells progress as it comes, a JSON text a line (NDJSON), and the outcomes last. */
const followed = (context: Context, control: Control, accepted: Accepted) =>
  stream(context, async (out) => {
    const gone = new AbortController();
    out.onAbort(() => gone.abort());
    const say = (value: unknown) => out.writeln(JSON.stringify(value));
    await say({ accepted });
    const outcomes = await followToEnd(control, accepted, (progress) => void say({ progress }), gone.signal);
    await say({ outcomes });
  });

/** The bus for hosts that come to this socket: root on this machine, and nobody else. */
function agentRoutes(app: Hono, bus: MemoryBus, identify: (context: Context) => Promise<Peer>): void {
  const ends = new Map<string, { report(report: Report): Promise<void>; event(event: LiveEvent): void }>();
  const answers = new Map<string, (answer: { answers?: unknown; problem?: string }) => void>();
  let questions = 0;
  app.use("/v1/agent/*", async (context, next) => {
    if ((await identify(context)).uid !== 0) throw new UserError("only root is an agent");
    await next();
  });
  app.get("/v1/agent/:host", (context) =>
    stream(context, async (out) => {
      const host = hostLabel.parse(context.req.param("host"));
      const end = bus.connect(host);
      ends.set(host, end);
      const over = new Promise<void>((resolve) => {
        out.onAbort(resolve);
        end.onConnection((isConnected) => {
          if (!isConnected) resolve();
        });
      });
      end.onQuestion(async (question, asks) => {
        const id = String(++questions);
        await out.writeln(JSON.stringify({ ask: { id, question, asks } }));
        const { answers: answer, problem } = await new Promise<{ answers?: unknown; problem?: string }>((resolve) =>
          answers.set(id, resolve),
        );
        answers.delete(id);
        if (problem !== undefined) throw new Error(problem);
        return answer as never;
      });
      await out.writeln(JSON.stringify({ welcome: version }));
      end.watch(async (entries) => {
        await out.writeln(JSON.stringify({ entries }));
      });
      await over;
      ends.delete(host);
      await end.close();
    }),
  );
  app.post("/v1/agent/:host/report", async (context) => {
    const end = ends.get(context.req.param("host"));
    if (!end) throw new UserError("this host is not connected");
    await end.report(reportSchema.parse(await context.req.json()));
    return context.json({});
  });
  app.post("/v1/agent/:host/event", async (context) => {
    ends.get(context.req.param("host"))?.event(liveEventSchema.parse(await context.req.json()));
    return context.json({});
  });
  app.post("/v1/agent/:host/answer/:id", async (context) => {
    answers.get(context.req.param("id"))?.(await context.req.json());
    return context.json({});
  });
}
