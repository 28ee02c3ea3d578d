import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startNoticing } from "../../src/control/people/noticing.ts";
import type { ConditionState } from "../../src/model/condition.ts";
import type { Browser } from "./browser.ts";
import { openTestEstate, type TestEstate } from "./estate.ts";

const minute = 60_000;

describe("people are told", () => {
  let estate: TestEstate;
  let noticing: ReturnType<typeof startNoticing>;
  const mails: { to: string; subject: string; text: string; html: string }[] = [];
  const posted: { url: string; body: string; isOperator: boolean }[] = [];
  let mailFails = false;
  let people: Record<"member" | "colleague" | "rival" | "operator", Browser>;
  let end: ReturnType<TestEstate["bus"]["connect"]>;
  const latest = new Map<string, number>();
  let number = 0;

  before(async () => {
    estate = await openTestEstate();
    for (const name of ["acme", "rival"]) await estate.tenant({ name });
    for (const name of ["web1", "web2"]) await estate.fleet.add(name, {}, { at: 0, actor: "test", cause: "test" });
    people = {
      member: await estate.as("member@example.com", { tenants: { acme: "member" } }),
      colleague: await estate.as("colleague@example.com", { tenants: { acme: "viewer" } }),
      rival: await estate.as("rival@example.com", { tenants: { rival: "member" } }),
      operator: await estate.as("operator@example.com", { isOperator: true }),
    };
    end = estate.bus.connect("web1");
    end.watch(async (entries) => {
      for (const { ref, sequence } of entries as readonly { ref: string; sequence: number }[])
        latest.set(ref, sequence);
    });
    noticing = startNoticing(
      { ...estate, now: () => Date.now() + estate.ahead, log: (text) => estate.logged.push(text), origin: estate.url },
      {
        async mail(to, { subject, text, html }) {
          if (mailFails) throw new Error("451 later");
          mails.push({ to, subject, text, html });
        },
        async webhook({ url }, _, body, { isOperator }) {
          posted.push({ url, body, isOperator });
        },
      },
    );
    // Time passes when the tests say so.
    noticing.stop();
    await noticing.look();
  });
  after(async () => {
    await end.close();
    await estate.close();
  });

  /** Somebody states a site, and the host says how that ends. */
  async function states(who: Browser, name: string, state: ConditionState, message = ""): Promise<void> {
    const ref = `Site/${name}` as const;
    const before = latest.get(ref);
    const spec = { headers: { "X-At": String(number) } };
    const { status, body } = await who.ask("PUT", `/v1/resources/${ref}`, { spec, placement: { host: "web1" } });
    assert.equal(status, 200, JSON.stringify(body));
    while (latest.get(ref) === before) await new Promise((resolve) => setImmediate(resolve));
    await says(ref, state, message);
  }
  async function says(ref: `Site/${string}`, state: ConditionState, message: string): Promise<void> {
    const heard = estate.fleet.news.last();
    const known = await heard;
    const sequence = latest.get(ref)!;
    await end.report({
      number: ++number,
      conditions: [{ ref, state, message, at: Date.now() + estate.ahead, sequence, revision: 1 }],
    });
    while ((await estate.fleet.news.last()) === known) await new Promise((resolve) => setImmediate(resolve));
    await noticing.look();
  }
  async function waits(milliseconds: number): Promise<void> {
    estate.ahead += milliseconds;
    await noticing.look();
  }
  const told = async (who: Browser) =>
    ((await who.get("/v1/me/notices")).body as { is: string; what: string }[]).map(({ is, what }) => `${is} ${what}`);
  const sentTo = (to: string) => mails.splice(0).filter((mail) => mail.to === to);

  it("how their own change ends, and others only what is wrong with what is theirs", async () => {
    await states(people.member, "shop.acme.example", "Applied");
    assert.deepEqual(await told(people.member), ["live Site/shop.acme.example"]);
    for (const who of [people.colleague, people.rival, people.operator]) assert.deepEqual(await told(who), []);
    await states(people.member, "shop.acme.example", "Quarantined", "nginx: [emerg] unknown directive");
    for (const who of [people.member, people.colleague, people.operator])
      assert.equal((await told(who))[0], "set aside Site/shop.acme.example");
    assert.deepEqual(await told(people.rival), []);
    const [{ sentence, says }] = (await people.member.get("/v1/me/notices")).body;
    assert.equal(sentence, "shop.acme.example was refused by the server program; what was live before still is");
    assert.match(says, /unknown directive/);
  });

  it("what was changed by hand, if they are operators", async () => {
    await says("Site/shop.acme.example", "Drifted", "shop.conf was edited");
    assert.equal((await told(people.operator))[0], "changed by hand Site/shop.acme.example");
    assert.notEqual((await told(people.member))[0], "changed by hand Site/shop.acme.example");
  });

  it("by one mail of what has gathered, in their language, and then not again for a while", async () => {
    await people.member.ask("PATCH", "/v1/me", { language: "de" });
    await waits(11_000);
    const [mail, ...others] = sentTo("member@example.com");
    assert.equal(others.length, 0);
    assert.match(mail!.subject, /2 Meldungen/);
    assert.match(mail!.text, /shop\.acme\.example wurde vom Serverprogramm abgelehnt/);
    assert.match(mail!.html, /<strong>shop\.acme\.example ist aktiv<\/strong>/);
    await states(people.member, "shop.acme.example", "Applied");
    await waits(minute);
    assert.deepEqual(sentTo("member@example.com"), []);
    await waits(5 * minute);
    assert.equal(sentTo("member@example.com").length, 1);
    await people.member.ask("PATCH", "/v1/me", { language: "en" });
  });

  it("of a thousand things at once by one mail", async () => {
    await waits(10 * minute);
    mails.length = 0;
    const names = Array.from({ length: 1_000 }, (_, index) => `s${index}.acme.example`);
    const state = names.map((name) => ({ kind: "Site", name, tenant: "acme", spec: {}, placement: { host: "web1" } }));
    assert.equal((await people.member.ask("POST", "/v1/apply", { state })).status, 200);
    while (names.some((name) => !latest.has(`Site/${name}`))) await new Promise((resolve) => setImmediate(resolve));
    const at = Date.now() + estate.ahead;
    const conditions = names.map((name) => {
      const ref = `Site/${name}` as const;
      return { ref, state: "Failed" as const, message: "no", at, sequence: latest.get(ref)!, revision: 1 };
    });
    const head = await estate.fleet.news.last();
    await end.report({ number: ++number, conditions });
    while ((await estate.fleet.news.last()) < head + 1_000) await new Promise((resolve) => setImmediate(resolve));
    await noticing.look();
    await waits(11_000);
    await waits(minute);
    const sent = sentTo("member@example.com");
    assert.equal(sent.length, 1);
    assert.match(sent[0]!.subject, /1000 notices/);
    assert.match(sent[0]!.text, /and 950 more/);
  });

  it("as often as they wish, of what they wish, and not at all", async () => {
    await waits(10 * minute);
    mails.length = 0;
    const wish = (body: object) => people.member.ask("PUT", "/v1/me/wishes", body);
    assert.equal((await wish({ mail: "hourly", about: ["changes"] })).status, 204);
    await states(people.member, "shop.acme.example", "Applied");
    await waits(50 * minute);
    assert.deepEqual(sentTo("member@example.com"), []);
    await waits(15 * minute);
    assert.equal(sentTo("member@example.com").length, 1);
    assert.equal((await wish({ mail: "off", about: [] })).status, 204);
    const count = (await told(people.member)).length;
    await states(people.member, "shop.acme.example", "Failed");
    await waits(60 * minute);
    assert.deepEqual(sentTo("member@example.com"), []);
    assert.equal((await told(people.member)).length, count);
    assert.deepEqual((await people.member.get("/v1/me/wishes")).body, { about: [], mail: "off" });
    await wish({});
  });

  it("again, when the mail server would not have it", async () => {
    await waits(10 * minute);
    mails.length = 0;
    mailFails = true;
    await states(people.member, "shop.acme.example", "Applied");
    await waits(11_000);
    assert.match(estate.logged.at(-1)!, /could not be sent by mail, and is tried again: 451 later/);
    mailFails = false;
    await waits(10_000);
    assert.deepEqual(sentTo("member@example.com"), []);
    await waits(minute);
    assert.equal(sentTo("member@example.com").length, 1);
  });

  it("by webhook; of others than operators only public addresses are asked", async () => {
    const webhook = { url: "http://127.0.0.1:1/hook", secret: `whsec_${"A".repeat(32)}` };
    assert.equal((await people.member.ask("PUT", "/v1/me/wishes", { webhook })).status, 422);
    const secure = { url: "https://hooks.example.com/x" };
    assert.equal((await people.member.ask("PUT", "/v1/me/wishes", { webhook: secure })).status, 204);
    assert.equal((await people.operator.ask("PUT", "/v1/me/wishes", { webhook })).status, 204);
    assert.deepEqual((await people.operator.get("/v1/me/wishes")).body.webhook, { url: webhook.url });
    posted.length = 0;
    await states(people.member, "shop.acme.example", "Failed", "no");
    await noticing.look();
    assert.deepEqual(posted.map(({ url, isOperator }) => [url, isOperator]).sort(), [
      [webhook.url, true],
      [secure.url, false],
    ]);
    for (const { body } of posted) assert.equal(JSON.parse(body).data.notices.at(-1).what, "Site/shop.acme.example");
    for (const each of [people.operator, people.member]) await each.ask("PUT", "/v1/me/wishes", {});
  });

  it("of hosts that are lost and back, and of maintenance that begins and ends", async () => {
    const state = { version: "1", os: "debian", generation: 1, sequence: 1, conditions: {}, clock: 0 };
    const isAlive = () => end.event({ is: "alive", state });
    isAlive();
    await waits(6_000);
    await waits(16_000);
    assert.equal((await told(people.operator))[0], "lost web1");
    isAlive();
    await waits(6_000);
    assert.equal((await told(people.operator))[0], "back web1");
    assert.ok((await told(people.member)).every((each) => !each.includes("web1")));
    const begins = new Date(Date.now() + estate.ahead + 30 * minute).toISOString();
    const ends = new Date(Date.now() + estate.ahead + 60 * minute).toISOString();
    const spec = { sites: ["shop.acme.example"], from: begins, until: ends };
    const body = { tenant: "acme", spec, placement: { host: "web1" } };
    assert.equal((await people.operator.ask("PUT", "/v1/resources/Maintenance/night", body)).status, 200);
    await waits(minute);
    await waits(31 * minute);
    assert.equal((await told(people.colleague))[0], "maintenance begins shop.acme.example");
    await waits(31 * minute);
    assert.equal((await told(people.colleague))[0], "maintenance ends shop.acme.example");
    assert.ok((await told(people.rival)).every((each) => !each.includes("acme")));
  });

  it("that a certificate of theirs ends soon, if it is theirs, and of no other by a host that has nothing to do with it", async () => {
    const warns = async (ref: `Site/${string}`) => {
      const says = `${ref.slice("Site/".length)}: its certificate /etc/ssl/site.pem ends on 2026-12-01`;
      const last = await estate.fleet.news.last();
      const event = { is: "certificate", ref, says, log: "guard", number: ++number, at: Date.now() } as const;
      await end.report({ number, conditions: [], events: [event] });
      while ((await estate.fleet.news.last()) === last) await new Promise((resolve) => setImmediate(resolve));
      await noticing.look();
    };
    await warns("Site/shop.acme.example");
    for (const who of [people.member, people.colleague, people.operator])
      assert.equal((await told(who))[0], "certificate Site/shop.acme.example");
    assert.deepEqual(await told(people.rival), []);
    const [{ sentence, says }] = (await people.member.get("/v1/me/notices")).body;
    assert.equal(sentence, "A certificate has to be renewed: shop.acme.example");
    assert.match(says, /site\.pem ends on 2026-12-01/);
    // It is on another host, or on none.
    const elsewhere = { spec: {}, placement: { host: "web2" } };
    const { status } = await people.rival.ask("PUT", "/v1/resources/Site/rival.example", elsewhere);
    assert.equal(status, 200);
    await warns("Site/rival.example");
    assert.deepEqual(await told(people.rival), []);
  });

  it("and can say that they have read it", async () => {
    const [{ id }] = (await people.member.get("/v1/me/notices")).body;
    assert.equal((await people.member.ask("PUT", "/v1/me/notices/read", { upTo: id })).status, 204);
    const all = (await people.member.get("/v1/me/notices")).body as { isRead: boolean }[];
    assert.ok(all.every(({ isRead }) => isRead));
  });
});
