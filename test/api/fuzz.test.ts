import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Schema } from "../../docs/json-schema.ts";
import { describe as inItsOwnWords } from "../../src/control/http/app.ts";
import { come } from "./actors.ts";
import type { Browser } from "./browser.ts";
import { openTestEstate, type TestEstate } from "./estate.ts";
import { fromSchema } from "./from-schema.ts";

/** So many requests in all. */
const requests = 10_000;

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly operationId: string;
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly schema: Schema }[];
  readonly requestBody?: { readonly content: { readonly "application/json": { readonly schema: Schema } } };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
  readonly security: readonly Readonly<Record<string, unknown>>[];
}

/** Numbers that look random and are the same each time. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe("whatever is sent to the API", () => {
  let estate: TestEstate;
  before(async () => {
    estate = await openTestEstate();
    await estate.tenant({ name: "acme" });
    const operator = await estate.as("op@example.com", { isOperator: true });
    await operator.ask("PUT", "/v1/resources/Site/shop.example.com", { tenant: "acme", spec: {} });
    await operator.ask("PUT", "/v1/hosts/web1", {});
  });
  after(() => estate.close());

  it(`${requests.toLocaleString("en")} requests made from its own description: it never fails, and answers as it says`, async () => {
    const seed = Number(process.env.SEED ?? 2);
    const random = randomFrom(seed);
    const document = inItsOwnWords(estate.api) as unknown as {
      readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
      readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
    };
    const lookUp = (ref: string): Schema => document.components.schemas[ref.split("/").at(-1)!]!;
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
    );
    const reached = new Map<string, Set<number>>();
    let who: Browser[] = [];
    for (let count = 0; count < requests; count++) {
      // By the clock of the API so much time goes by that nobody is told to wait.
      estate.ahead += 20;
      if (count % 100 === 0)
        who = await Promise.all((["operator", "member", "nobody"] as const).map((each) => come(estate, each)));
      const operation = operations[count % operations.length]!;
      const browser = who[random() < 0.7 ? 0 : random() < 0.7 ? 1 : 2]!;
      const { path, headers, body } = requestFor(operation, random, lookUp);
      const what = `seed ${seed}: ${operation.method} ${path} ${body ?? ""}`;
      const { status, type, text } = await send(browser, operation.method, path, headers, body);
      assert.ok(status < 500, `${what}: ${status} ${text}\n${estate.logged.at(-1)}`);
      const documented = operation.responses[status];
      assert.ok(documented, `${what}: ${status} is not described; ${text}`);
      const types = Object.keys(documented.content ?? {});
      if (text !== "") assert.ok(types.includes(type), `${what}: ${type} is not described for ${status}`);
      reached.set(operation.operationId, (reached.get(operation.operationId) ?? new Set()).add(status));
    }
    // It is not only turned away at the door.
    const fine = [...reached].filter(([, statuses]) => [...statuses].some((status) => status < 300));
    assert.ok(fine.length > operations.length / 2, `only ${fine.length} of ${operations.length} were ever carried out`);
  });
});

function requestFor(
  { path, parameters = [], requestBody }: Operation,
  random: () => number,
  lookUp: (ref: string) => Schema,
) {
  const query = new URLSearchParams();
  const headers: Record<string, string> = {};
  let filled = path;
  for (const { in: where, name, schema } of parameters) {
    const value = fromSchema(schema, random, lookUp);
    const text = typeof value === "string" ? value : JSON.stringify(value);
    if (where === "path") filled = filled.replace(`{${name}}`, encodeURIComponent(text.toWellFormed()) || "_");
    else if (random() < 0.4) continue;
    else if (where === "query") query.append(name, text);
    else headers[name] = text.replaceAll(/[^\x20-\x7e]/g, "").trim();
  }
  const schema = requestBody?.content["application/json"].schema;
  const body = schema && random() > 0.03 ? JSON.stringify(fromSchema(schema, random, lookUp)) : undefined;
  return {
    path: filled + (query.size > 0 ? `?${query}` : ""),
    headers,
    body: body !== undefined && random() < 0.02 ? body.slice(1) : body,
  };
}

async function send(browser: Browser, method: string, path: string, headers: Record<string, string>, body?: string) {
  const over = new AbortController();
  const response = await fetch(browser.url + path, {
    method,
    signal: over.signal,
    redirect: "manual",
    headers: {
      ...headers,
      ...(browser.cookie !== undefined && { cookie: browser.cookie }),
      ...(browser.csrf !== undefined && { "x-csrf-token": browser.csrf }),
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body }),
  });
  const type = response.headers.get("content-type")?.split(";")[0] ?? "";
  // A stream does not end.
  const text = type === "text/event-stream" ? "" : await response.text();
  over.abort();
  return { status: response.status, type, text };
}
