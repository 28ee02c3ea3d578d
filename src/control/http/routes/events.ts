import { z } from "@hono/zod-openapi";
import { streamSSE } from "hono/streaming";
import { rhythm } from "../../../host/pace.ts";
import { isAtLeast, type Principal, visibleTenants } from "../../../model/role.ts";
import type { AuditEntry } from "../../../store/audit.ts";
import type { Told } from "../../../store/told.ts";
import type { Around } from "../around.ts";
import { type Api, gives, operation, principalOf } from "../operation.ts";
import { HttpProblem } from "../problem.ts";

/** So many at a time; who was away for long gets them in several parts. */
const most = 500;

/** When nothing else is heard, it is looked for what other control planes have written; and a sign of life is given. Milliseconds. */
const [lookEvery, beatEvery] = [rhythm(1_000), rhythm(15_000)];

/** How often it is asked whether they may still see what they see. Milliseconds. */
const askEvery = rhythm(5_000);

/** A stream ends then, and the browser comes back with what it may by that time. Milliseconds. */
const longest = 300_000;

/** So many streams of one account at once. */
const mostStreams = 20;

const eventSchema = z
  .object({
    is: z.enum(["stated", "deleted", "condition", "event"]),
    at: z.int().describe("Milliseconds since 1970."),
    ref: z.string().optional(),
    tenant: z.string().optional(),
    actor: z.string().optional().describe("Who stated or deleted it."),
    cause: z.string().optional(),
    host: z.string().optional().describe("Which host says it."),
    state: z.string().optional().describe("How the record stands there."),
    name: z.string().optional().describe("What has happened: `banned`, `published` ..."),
    says: z.string().optional(),
  })
  .meta({ id: "Event" });

type EventSeen = z.output<typeof eventSchema>;

const events = operation("viewer", [], {
  method: "get",
  path: "/v1/events",
  operationId: "events",
  tags: ["Events"],
  summary: "What happens, as it happens (Server-Sent Events); `Last-Event-ID` goes on where one was",
  request: {
    headers: z.object({
      "last-event-id": z
        .string()
        .regex(/^\d{1,15}\.\d{1,15}$/)
        .optional(),
    }),
    query: z.strictObject({
      since: z
        .string()
        .regex(/^\d{1,15}\.\d{1,15}$/)
        .optional()
        .describe("The same, for who cannot set the header. Default: from now on."),
    }),
  },
  responses: {
    200: {
      description: "Each event's data is an `Event` in JSON.",
      content: { "text/event-stream": { schema: eventSchema } },
    },
  },
});

const recent = operation("viewer", [], {
  method: "get",
  path: "/v1/events/recent",
  operationId: "recentEvents",
  tags: ["Events"],
  summary: "What has happened lately, newest first",
  request: { query: z.strictObject({ limit: z.coerce.number().int().min(1).max(500).default(100) }) },
  responses: {
    200: gives(
      "`position` is where the stream goes on.",
      z.object({ items: z.array(eventSchema), position: z.string() }),
    ),
  },
});

/** Where somebody is in the two logs that events come from. */
interface Position {
  audit: number;
  told: number;
}

export function eventRoutes(api: Api, { estate, fleet, people, control, now }: Around): void {
  const streams = new Map<string, number>();
  const current = async (): Promise<Position> => ({
    audit: (await estate.auditHead())?.id ?? 0,
    told: await fleet.news.last(),
  });

  /** What has come after that, in its order; the position moves on. */
  async function after(position: Position, principal: Principal): Promise<{ id: string; event: EventSeen }[]> {
    const tenants = visibleTenants(principal);
    const found: { id: string; event: EventSeen }[] = [];
    for (const entry of await estate.audit(most, { after: position.audit, tenants })) {
      position.audit = entry.id;
      const event = ofAudit(entry, principal);
      if (event) found.push({ id: print(position), event });
    }
    for (const each of await fleet.news.after(position.told, most, tenants)) {
      position.told = each.id;
      found.push({ id: print(position), event: ofTold(each) });
    }
    return found;
  }

  /** Whoever may see less, or nothing, comes back with what they may. */
  async function isStillSo({ user, isOperator, tenants, looksAs }: Principal): Promise<boolean> {
    if (user === undefined) return true;
    const account = await people.accounts.get(user);
    if (!account || account.isDisabled) return false;
    if (isOperator || looksAs !== undefined) return account.isOperator;
    return account.isOperator || Object.keys(tenants).every((tenant) => account.tenants[tenant] === tenants[tenant]);
  }

  api.openapi(recent, async (context) => {
    const principal = principalOf(context);
    const { limit } = context.req.valid("query");
    const position = await current();
    const tenants = visibleTenants(principal);
    const stated = (await estate.audit(limit, { tenants })).flatMap((entry) => ofAudit(entry, principal) ?? []);
    const told = (await fleet.news.newest(limit, tenants)).map(ofTold);
    const items = [...stated, ...told].toSorted((one, other) => other.at - one.at).slice(0, limit);
    return context.json({ items, position: print(position) }, 200);
  });

  api.openapi(events, async (context) => {
    const principal = principalOf(context);
    const who = principal.user ?? "";
    const count = streams.get(who) ?? 0;
    if (count >= mostStreams)
      throw new HttpProblem(429, "too many streams at once", { headers: { "retry-after": "10" } });
    const since = context.req.valid("header")["last-event-id"] ?? context.req.valid("query").since;
    const position = since === undefined ? await current() : read(since);
    streams.set(who, count + 1);
    context.header("Cache-Control", "no-store");
    context.header("X-Accel-Buffering", "no");
    const response = streamSSE(context, async (stream) => {
      const over = new AbortController();
      let wake = () => {};
      let isNews = true;
      stream.onAbort(() => {
        over.abort();
        wake();
      });
      control.follow(() => {
        isNews = true;
        wake();
      }, over.signal);
      const ends = now() + longest;
      let beaten = now();
      let askedAt = now();
      try {
        // A browser knows then that it is there, and where it goes on.
        await stream.writeSSE({ event: "hello", id: print(position), data: "{}" });
        while (!stream.aborted && !stream.closed && now() < ends) {
          isNews = false;
          const found = await after(position, principal);
          for (const { id, event } of found)
            await stream.writeSSE({ id, event: event.is, data: JSON.stringify(event) });
          if (found.length > 0) beaten = now();
          else if (now() - beaten > beatEvery) {
            beaten = now();
            await stream.write(": here\n\n");
          }
          if (now() - askedAt > askEvery) {
            askedAt = now();
            if (!(await isStillSo(principal))) break;
          }
          if (isNews || found.length >= most) continue;
          await new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, lookEvery);
            wake = () => {
              clearTimeout(timer);
              resolve();
            };
          });
        }
      } finally {
        over.abort();
        streams.set(who, (streams.get(who) ?? 1) - 1);
      }
    });
    // HTTP/2 has no such headers, and refuses an answer that does (RFC 9113, 8.2.2).
    for (const name of ["connection", "transfer-encoding"]) response.headers.delete(name);
    return response as never;
  });
}

/** Who does what besides changing records, those who decide about people see. */
function ofAudit(entry: AuditEntry, principal: Principal): EventSeen | undefined {
  const { at, ref, tenant, actor, cause, after } = entry;
  if (/^(Host|Tenant|Account)\//.test(ref) && !isAtLeast(principal, "admin", tenant)) return undefined;
  return {
    is: after === undefined ? "deleted" : "stated",
    ...{ at, ref, actor, cause },
    ...(tenant !== undefined && { tenant }),
  };
}

function ofTold({ at, host, is, ref, tenant, says }: Told): EventSeen {
  const about = { at, host, says, ...(tenant !== undefined && { tenant }) };
  return ref === undefined ? { is: "event", name: is, ...about } : { is: "condition", ref, state: is, ...about };
}

const print = ({ audit, told }: Position): string => `${audit}.${told}`;

function read(text: string): Position {
  const [audit = 0, told = 0] = text.split(".").map(Number);
  return { audit, told };
}
