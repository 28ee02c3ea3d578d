import { request as ask } from "node:https";
import { setTimeout as pause } from "node:timers/promises";
import { secretsIn } from "../../src/store/secrets.ts";
import { openSqliteFleet } from "../../src/store/sqlite.ts";

/* Run in the bench's host, where a control plane runs: an estate of many records, asked as browsers ask. Prints milliseconds as JSON. */

const records = 100_000;
/** Requests a second, and for how many seconds. */
const [rate, seconds] = [100, 20];

const { people, estate } = await openSqliteFleet(
  "/var/lib/upkeep-server/estate.db",
  secretsIn("/var/lib/upkeep-server/estate.key"),
);
const signature = { at: Date.now(), actor: "bench", cause: "bench" };
const account = await people.accounts.add(
  { email: "bench@example.com", name: "bench", language: "en", isOperator: true, tenants: {} },
  signature,
);
const { secret } = await people.apiTokens.add({
  account: account.id,
  name: "bench",
  readOnly: false,
  createdAt: signature.at,
  expiresAt: signature.at + 86_400_000,
});
await estate.close();

function send(method: string, path: string, body?: object): Promise<{ status: number; text: string; took: number }> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const request = ask(
      {
        host: "127.0.0.1",
        port: 8443,
        method,
        path,
        rejectUnauthorized: false,
        headers: { authorization: `Bearer ${secret}`, ...(body && { "content-type": "application/json" }) },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part: string) => (text += part));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text, took: performance.now() - began }));
      },
    ).on("error", reject);
    request.end(body && JSON.stringify(body));
  });
}

const nameOf = (index: number): string => `site${index}.customer${index % 997}.example`;
const part = 10_000;
for (let from = 0; from < records; from += part) {
  const state = Array.from({ length: part }, (_, index) => ({ kind: "Site", name: nameOf(from + index), spec: {} }));
  const { status, text } = await send("POST", "/v1/apply", { state });
  if (status !== 200) throw new Error(text);
}

/** Asks at a steady pace, however long answers take; returns what they took. */
async function steadily(paths: () => string): Promise<number[]> {
  const all: Promise<number>[] = [];
  const began = performance.now();
  for (let count = 0; count < rate * seconds; count++) {
    await pause(Math.max(0, began + (count * 1000) / rate - performance.now()));
    all.push(
      send("GET", paths()).then(({ status, took }) => {
        if (status !== 200) throw new Error(`${status}`);
        return took;
      }),
    );
  }
  return Promise.all(all);
}

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((one, other) => one - other)[Math.floor((values.length - 1) * share)]!;

let cursor = "";
const page = await send("GET", "/v1/resources?limit=50");
cursor = (JSON.parse(page.text) as { next: string }).next;
const lists = await steadily(() => (Math.random() < 0.5 ? "/v1/resources" : `/v1/resources?cursor=${cursor}`));

const searches: number[] = [];
for (let count = 0; count < 100; count++)
  searches.push((await send("GET", `/v1/resources?search=site${Math.floor(Math.random() * records)}.`)).took);

const delays: number[] = [];
const heard = new Map<string, (at: number) => void>();
const stream = ask(
  {
    host: "127.0.0.1",
    port: 8443,
    path: "/v1/events",
    rejectUnauthorized: false,
    headers: { authorization: `Bearer ${secret}` },
  },
  (response) =>
    response.setEncoding("utf8").on("data", (text: string) => {
      for (const [ref, hear] of heard) if (text.includes(ref)) hear(performance.now());
    }),
);
stream.end();
await pause(500);
for (let count = 0; count < 100; count++) {
  const ref = `Site/event${count}.example`;
  const arrival = new Promise<number>((resolve) => heard.set(ref, resolve));
  const began = performance.now();
  await send("PUT", `/v1/resources/${ref}`, { spec: {} });
  delays.push((await arrival) - began);
  heard.delete(ref);
}
process.stdout.write(
  JSON.stringify({
    list: percentile(lists, 0.99),
    search: percentile(searches, 0.99),
    event: percentile(delays, 0.99),
  }),
);
process.exit(0);
