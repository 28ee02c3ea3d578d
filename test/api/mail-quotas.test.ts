import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { keepMailQuotas } from "../../src/control/mail-quotas.ts";
import { startNoticing } from "../../src/control/people/noticing.ts";
import { dayOf, endOfDay } from "../../src/model/mail-limit.ts";
import type { Browser } from "./browser.ts";
import { openTestEstate, type TestEstate } from "./estate.ts";

describe("a quota of mail a day", () => {
  let estate: TestEstate;
  let quotas: ReturnType<typeof keepMailQuotas>;
  let operator: Browser;
  let member: Browser;
  const signature = { at: 0, actor: "test", cause: "test" };
  before(async () => {
    estate = await openTestEstate();
    for (const name of ["web1", "web2"]) await estate.fleet.add(name, {}, signature);
    await estate.tenant({ name: "acme", quotas: { mail: 100 } });
    await estate.tenant({ name: "free" });
    operator = await estate.as("op@example.com", { isOperator: true });
    member = await estate.as("m@acme.example", { tenants: { acme: "admin" } });
    quotas = keepMailQuotas({ ...estate, log: (text) => estate.logged.push(text) });
    // It looks when the tests say so.
    quotas.stop();
  });
  after(() => estate.close());

  const limit = async () => (await operator.get("/v1/resources/MailLimit/tenant-acme")).body;
  const put = async (name: string, tenant: string, spec: object = {}) => {
    const body = { tenant, spec, placement: { host: "web1" } };
    assert.equal((await operator.ask("PUT", `/v1/resources/Site/${name}`, body)).status, 200);
  };

  it("is a limit for the accounts of its sites, on every host, as long as there are any", async () => {
    await quotas.look();
    assert.equal((await limit()).status, 404);
    await put("shop.acme.example", "acme");
    await put("blog.acme.example", "acme", { user: "acme" });
    await put("free.example", "free");
    await quotas.look();
    const { spec, placement, tenant } = await limit();
    assert.deepEqual(spec, { accounts: ["acme", "shop-acme-example"], perDay: 100 });
    assert.deepEqual([placement.hosts, tenant], [{ labels: {} }, "acme"]);
    const { body } = await operator.get("/v1/resources?kind=MailLimit");
    assert.equal(body.items.length, 1);
  });

  it("is followed as sites come and go, and written down only then", async () => {
    const { revision } = await limit();
    await quotas.look();
    assert.equal((await limit()).revision, revision);
    assert.equal((await operator.ask("DELETE", "/v1/resources/Site/blog.acme.example")).status, 200);
    await quotas.look();
    assert.deepEqual((await limit()).spec.accounts, ["shop-acme-example"]);
    await estate.tenant({ name: "acme", quotas: { mail: 50 } });
    await quotas.look();
    assert.equal((await limit()).spec.perDay, 50);
  });

  it("is nothing that its tenant could change, or be rid of", async () => {
    const path = "/v1/resources/MailLimit/tenant-acme";
    for (const [method, body] of [
      ["PUT", { spec: { accounts: ["shop-acme-example"], perDay: 1_000_000 } }],
      ["PATCH", { spec: { perDay: 1_000_000 } }],
      ["DELETE", undefined],
    ] as const)
      assert.ok([403, 422].includes((await member.ask(method, path, body)).status), method);
    const gone = await member.ask("POST", "/v1/apply", { delete: ["MailLimit/tenant-acme"] });
    assert.ok([403, 422].includes(gone.status));
    assert.equal((await limit()).spec.perDay, 50);
  });

  it("is shown with what has been sent today, on all hosts", async () => {
    const now = Date.now();
    const told = (host: string, sent: number, day = dayOf(now)) =>
      estate.bus.connect(host).report({
        number: now + sent,
        conditions: [],
        observations: [{ watch: "mail", key: "tenant-acme", until: endOfDay(now), value: { day, sent } }],
      });
    await told("web1", 30);
    await told("web2", 7);
    assert.equal((await member.get("/v1/tenants/acme")).body.usage.mail, 37);
    await told("web2", 50, "2020-01-01");
    assert.equal((await member.get("/v1/tenants/acme")).body.usage.mail, 30);
  });

  it("that is used up is told to those whose it is", async () => {
    const noticing = startNoticing(
      { ...estate, now: () => Date.now(), log: (text) => estate.logged.push(text), origin: estate.url },
      { webhook: async () => {} },
    );
    noticing.stop();
    await noticing.look();
    const ref = "MailLimit/tenant-acme";
    const event = {
      is: "mail limit",
      ref,
      says: "50 messages today",
      log: "guard",
      number: 1,
      at: Date.now(),
    } as const;
    await estate.bus.connect("web1").report({ number: Date.now() + 1_000, conditions: [], events: [event] });
    await noticing.look();
    for (const who of [member, operator]) {
      const [{ is, sentence }] = (await who.get("/v1/me/notices")).body;
      assert.deepEqual([is, sentence], ["mail limit", "acme sends no more mail today: its limit is reached"]);
    }
  });

  it("leaves what an operator has stated under that name alone, and goes with its tenant", async () => {
    await estate.tenant({ name: "late", quotas: { mail: 5 } });
    const own = { spec: { accounts: ["postmaster"], perDay: 7 }, placement: { host: "web1" } };
    assert.equal((await operator.ask("PUT", "/v1/resources/MailLimit/tenant-late", own)).status, 200);
    await put("late.example", "late");
    await quotas.look();
    assert.equal((await operator.get("/v1/resources/MailLimit/tenant-late")).body.spec.perDay, 7);
    assert.equal((await operator.ask("DELETE", "/v1/resources/Site/shop.acme.example")).status, 200);
    assert.equal((await operator.ask("DELETE", "/v1/tenants/acme")).status, 204);
    await quotas.look();
    assert.equal((await limit()).status, 404);
    assert.equal((await operator.get("/v1/resources/MailLimit/tenant-late")).status, 200);
  });
});
