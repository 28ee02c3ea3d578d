import { hash } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import type { AnsweredBefore } from "../../store/people/answered.ts";
import type { Variables } from "./operation.ts";
import { HttpProblem } from "./problem.ts";

/** Requests at once, and a second: for whoever is known, and for an address from which nobody is. */
const known = { burst: 400, rate: 200 } as const;
const unknown = { burst: 60, rate: 2 } as const;

interface Bucket {
  tokens: number;
  at: number;
}

/** So many requests, and no more for a while; counted by this control plane for itself. */
export function rateLimit(now: () => number): MiddlewareHandler<{ Variables: Variables }> {
  const buckets = new Map<string, Bucket>();
  let tidied = now();
  return async (context, next) => {
    const { principal, session, address } = context.var;
    const who = context.req.header("authorization") ?? session?.id;
    const { burst, rate } = principal ? known : unknown;
    const key = principal && who !== undefined ? hash("sha256", who) : address;
    const at = now();
    if (at - tidied > 60_000) {
      tidied = at;
      for (const [each, bucket] of buckets) if (at - bucket.at > 60_000) buckets.delete(each);
    }
    const bucket = buckets.get(key) ?? { tokens: burst, at };
    bucket.tokens = Math.min(burst, bucket.tokens + ((at - bucket.at) / 1000) * rate);
    bucket.at = at;
    buckets.set(key, bucket);
    if (bucket.tokens < 1) {
      const seconds = Math.ceil((1 - bucket.tokens) / rate);
      throw new HttpProblem(429, "too many requests at once", { headers: { "retry-after": String(seconds) } });
    }
    bucket.tokens -= 1;
    if (context.var.refusal) throw context.var.refusal;
    await next();
  };
}

/** A request with a key of its own is carried out once; whoever sends it again gets the same answer. */
export function idempotency(answered: AnsweredBefore, now: () => number): MiddlewareHandler<{ Variables: Variables }> {
  return async (context, next) => {
    const given = context.req.header("idempotency-key");
    const { principal } = context.var;
    if (given === undefined || context.req.method === "GET" || !principal) return next();
    if (!/^[\x21-\x7e]{1,200}$/.test(given)) throw new HttpProblem(400, "an Idempotency-Key has 1 to 200 characters");
    const key = hash("sha256", `${principal.user} ${given}`);
    const request = hash("sha256", `${context.req.method} ${context.req.path}\n${await context.req.text()}`);
    const before = await answered.take(key, request, now());
    if (before) {
      if (before.request !== request) throw new HttpProblem(422, "this Idempotency-Key belongs to another request");
      if (before.status === 0) throw new HttpProblem(409, "this very request is being carried out");
      return context.body(before.answer, before.status as 200, {
        "content-type": before.status < 400 ? "application/json" : "application/problem+json",
        "idempotency-replayed": "true",
      });
    }
    let isKept = false;
    try {
      await next();
      const { status } = context.res;
      if (status < 500 && status !== 429 && !context.error) {
        await answered.keep(key, status, await context.res.clone().text());
        isKept = true;
      }
    } finally {
      if (!isKept) await answered.giveBack(key);
    }
    return undefined;
  };
}
