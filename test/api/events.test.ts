import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser } from "./browser.ts";
import { openTestEstate, type TestEstate } from "./estate.ts";

/** What comes over a stream, until enough has come. */
async function hear(
  browser: Browser,
  isEnough: (events: readonly Heard[]) => boolean,
  { since, listening = () => {} }: { since?: string; listening?: () => void } = {},
) {
  const over = new AbortController();
  const response = await fetch(`${browser.url}/v1/events`, {
    headers: { cookie: browser.cookie!, ...(since !== undefined && { "last-event-id": since }) },
    signal: over.signal,
  });
  assert.equal(response.headers.get("content-type")?.split(";")[0], "text/event-stream");
  const heard: Heard[] = [];
  let text = "";
  const decoder = new TextDecoder();
  for await (const part of response.body!) {
    text += decoder.decode(part, { stream: true });
    const blocks = text.split("\n\n");
    text = blocks.pop()!;
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: (.*)/s).slice(0, 2)));
      if (fields.event !== undefined)
        heard.push({
          event: fields.event,
          id: fields.id,
          data: JSON.parse(fields.data),
          at: performance.now(),
        });
    }
    if (heard.length > 0) listening();
    if (isEnough(heard)) break;
  }
  over.abort();
  return heard;
}

interface Heard {
  readonly event: string;
  readonly id: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the API says is looked at by the tests.
  readonly data: any;
  readonly at: number;
}

describe("events", () => {
  let estate: TestEstate;
  let operator: Browser;
  let member: Browser;
  before(async () => {
    estate = await openTestEstate();
    for (const name of ["acme", "rival"]) await estate.tenant({ name });
    operator = await estate.as("op@example.com", { isOperator: true });
    member = await estate.as("m@example.com", { tenants: { acme: "member" } });
    await estate.fleet.add("web1", {}, { at: 0, actor: "test", cause: "test" });
  });
  after(() => estate.close());
  const put = (name: string, tenant: string) =>
    operator.ask("PUT", `/v1/resources/Site/${name}`, { tenant, spec: {}, placement: { host: "web1" } });

  it("reach an open browser when they happen, each what is its own, and go on after a break where they were", async () => {
    let first: Promise<Heard[]> | undefined;
    await new Promise<void>((listening) => {
      first = hear(member, (all) => all.length >= 2, { listening });
    });
    await put("secret.rival.example", "rival");
    await put("one.acme.example", "acme");
    const [hello, stated] = await first!;
    assert.equal(hello?.event, "hello");
    assert.deepEqual([stated?.event, stated?.data.ref], ["stated", "Site/one.acme.example"]);

    await put("two.acme.example", "acme");
    await put("other.rival.example", "rival");
    const later = await hear(member, (all) => all.length >= 2, { since: stated!.id });
    assert.deepEqual(
      later.slice(1).map(({ data }) => data.ref),
      ["Site/two.acme.example"],
    );
  });

  it("end for whoever may see them no longer", async () => {
    const leaver = await estate.as("leaver@example.com", { tenants: { acme: "viewer" } });
    let all: Promise<Heard[]> | undefined;
    await new Promise<void>((listening) => {
      all = hear(leaver, () => false, { listening });
    });
    const { body } = await operator.get("/v1/accounts");
    const { id } = body.find(({ email }: { email: string }) => email === "leaver@example.com");
    await operator.ask("PATCH", `/v1/accounts/${id}`, { isDisabled: true });
    estate.ahead += 6_000;
    await all;
    estate.ahead -= 6_000;
  });

  it("tell how a change ends on each host", async () => {
    const end = estate.bus.connect("web1");
    let sequence = 0;
    const taken = new Promise<void>((resolve) => {
      end.watch(async (entries) => {
        for (const entry of entries as readonly { ref: string; sequence: number }[])
          if (entry.ref === "Site/live.acme.example") {
            sequence = entry.sequence;
            resolve();
          }
      });
    });
    const heard = hear(member, (all) => all.some(({ event }) => event === "condition"));
    await put("live.acme.example", "acme");
    await taken;
    const condition = {
      ref: "Site/live.acme.example",
      state: "Quarantined",
      message: "nginx says no",
      at: Date.now(),
    } as const;
    await end.report({ number: 1, conditions: [{ ...condition, sequence, revision: 1 }] });
    const told = (await heard).find(({ event }) => event === "condition");
    const { ref, state, host, says } = told!.data;
    assert.deepEqual([ref, state, host, says], [condition.ref, "Quarantined", "web1", "nginx says no"]);
    const { items } = (await member.get("/v1/resources?state=Quarantined")).body;
    assert.deepEqual(
      items.map(({ name, state }: { name: string; state: string }) => [name, state]),
      [["live.acme.example", "Quarantined"]],
    );
    const { items: recent } = (await member.get("/v1/events/recent")).body;
    assert.ok(recent.every(({ tenant }: { tenant: string }) => tenant === "acme"));
    await end.close();
  });
});
