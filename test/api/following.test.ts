import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { AgentBus } from "../../src/bus/bus.ts";
import type { ConditionState } from "../../src/model/condition.ts";
import type { Desired } from "../../src/model/desired.ts";
import type { Browser } from "./browser.ts";
import { openTestEstate, type TestEstate } from "./estate.ts";

describe("what becomes of a change", () => {
  let estate: TestEstate;
  let operator: Browser;
  let member: Browser;
  let web1: AgentBus;
  const desired: Desired[] = [];
  let arrived = () => {};
  before(async () => {
    estate = await openTestEstate();
    for (const name of ["acme", "rival"]) await estate.tenant({ name });
    operator = await estate.as("op@example.com", { isOperator: true });
    member = await estate.as("m@example.com", { tenants: { acme: "member" } });
    await estate.fleet.add("web1", {}, { at: 0, actor: "test", cause: "test" });
    web1 = estate.bus.connect("web1");
    web1.watch(async (entries) => {
      desired.push(...entries);
      arrived();
    });
    const state = { version: "1", os: "debian 12", generation: 1, sequence: 1, conditions: {}, clock: Date.now() };
    web1.event({ is: "alive", state });
  });
  after(() => estate.close());

  const state = (names: readonly string[], tenant = "acme") =>
    operator.ask("POST", "/v1/apply", {
      state: names.map((name) => ({ kind: "Site", name, tenant, spec: {}, placement: { host: "web1" } })),
    });
  /** The host tells of a record, once it has heard of it. */
  async function tell(ref: string, said: ConditionState, message = ""): Promise<void> {
    for (;;) {
      const entry = desired.find((each) => each.ref === ref);
      if (entry) {
        const { sequence, revision } = entry;
        const condition = { ref: entry.ref, state: said, message, at: Date.now(), sequence, revision };
        return web1.report({ number: Date.now(), conditions: [condition] });
      }
      await new Promise<void>((resolve) => {
        arrived = resolve;
      });
    }
  }
  const progress = async (who: Browser, ...names: readonly string[]) =>
    (
      await who.ask("POST", "/v1/progress", {
        refs: names.map((name) => `Site/${name}`),
        hosts: ["web1"],
      })
    ).body;

  it("is told while hosts are at it, and how it ended", async () => {
    const { body } = await state(["a.acme.example", "b.acme.example"]);
    assert.deepEqual(body.hosts, ["web1"]);
    const [at] = await progress(member, "a.acme.example", "b.acme.example");
    assert.deepEqual([at.host, at.state], ["web1", "working"]);
    await tell("Site/a.acme.example", "Applied");
    await tell("Site/b.acme.example", "Quarantined", "no user bob");
    const [ended] = await progress(member, "a.acme.example", "b.acme.example");
    assert.deepEqual(ended, {
      host: "web1",
      state: "failed",
      detail: "Site/b.acme.example: no user bob",
      troubles: [{ ref: "Site/b.acme.example", state: "Quarantined", message: "no user bob" }],
    });
    assert.deepEqual((await progress(member, "a.acme.example"))[0].state, "done");
  });

  it("is told of what is gone, too", async () => {
    await operator.ask("DELETE", "/v1/resources/Site/a.acme.example");
    assert.equal((await progress(member, "a.acme.example"))[0].state, "working");
  });

  it("is nobody else's to see", async () => {
    await state(["secret.rival.example"], "rival");
    assert.deepEqual(await progress(member, "secret.rival.example"), []);
    assert.equal((await progress(operator, "secret.rival.example")).length, 1);
    const refs = async (who: Browser, query = "") =>
      (await who.get(`/v1/conditions?limit=500${query}`)).body.items.map(({ ref }: { ref: string }) => ref);
    assert.deepEqual(await refs(member), ["Site/b.acme.example"]);
    assert.deepEqual(await refs(member, "&tenant=rival"), []);
    assert.deepEqual(await refs(operator, "&tenant=rival"), ["Site/secret.rival.example"]);
    assert.deepEqual(await refs(operator, "&state=Quarantined&host=web1"), ["Site/b.acme.example"]);
  });

  it("is listed a page at a time, each once", async () => {
    const names = Array.from({ length: 7 }, (_, index) => `p${index}.acme.example`);
    await state(names);
    const found: string[] = [];
    for (let cursor = ""; ; ) {
      const { body } = await member.get(`/v1/conditions?limit=3${cursor && `&cursor=${cursor}`}`);
      found.push(...body.items.map(({ ref }: { ref: string }) => ref));
      if (body.next === undefined) break;
      cursor = body.next;
    }
    assert.deepEqual(found, ["Site/b.acme.example", ...names.map((name) => `Site/${name}`)]);
    assert.equal((await member.get("/v1/conditions?cursor=nonsense")).status, 400);
  });

  it("goes back with all that has changed a host since one of its generations, and nothing of others", async () => {
    await estate.fleet.add("web2", {}, { at: 0, actor: "test", cause: "test" });
    const put = async (name: string, version: string, host = "web1") => {
      const spec = { headers: { "X-Version": version } };
      const { status } = await operator.ask("PUT", `/v1/resources/Site/${name}`, { spec, placement: { host } });
      assert.equal(status, 200);
      const [latest] = (await operator.get(`/v1/resources/Site/${name}/history`)).body;
      return { ref: `Site/${name}`, sequence: latest.number as number };
    };
    const versionOf = async (name: string) =>
      (await operator.get(`/v1/resources/Site/${name}`)).body.spec?.headers["X-Version"];
    await put("kept.example", "one");
    await put("twice.example", "one");
    const twice = await put("twice.example", "two");
    await put("twice.example", "three");
    const fresh = await put("fresh.example", "one");
    const other = await put("other.example", "two", "web2");
    const asked: unknown[] = [];
    const says = (...changed: readonly object[]) =>
      web1.onQuestion((async (question: string, asks: object) => {
        asked.push({ question, ...asks });
        return { changed };
      }) as never);
    const back = (to: number) => operator.ask("POST", "/v1/hosts/web1/rollback", { to });

    says(twice, fresh);
    const { status, body } = await back(7);
    assert.deepEqual([status, body.changed, [...body.refs].sort()], [200, 2, [fresh.ref, twice.ref].sort()]);
    assert.deepEqual(asked, [{ question: "since", generation: 7 }]);
    assert.deepEqual(await Promise.all(["kept.example", "twice.example", "fresh.example"].map(versionOf)), [
      "one",
      "one",
      undefined,
    ]);
    const [{ cause }] = (await operator.get("/v1/audit?limit=1")).body;
    assert.equal(cause, "roll web1 back to generation 7");

    says(other);
    const foreign = await back(7);
    assert.match(foreign.body.detail, /Site\/other\.example has never been stated for web1/);
    assert.equal(foreign.status, 422);
    says({ ref: "Site/kept.example", sequence: 1 });
    assert.match((await back(7)).body.detail, /Site\/kept\.example came to web1, or went, by labels/);
    web1.onQuestion(async () => {
      throw new Error("this host has no generation 99");
    });
    const none = await back(99);
    assert.deepEqual([none.status, /has no generation 99/.test(none.body.detail)], [409, true]);
    assert.equal(await versionOf("other.example"), "two");
  });

  it("is carried out by a machine that can be looked at", async () => {
    const machine = {
      system: "debian 12, Linux 6.1\u001b[2J",
      init: "systemd",
      processors: 2,
      load: [0.5, 0.4, 0.3],
      memory: { total: 2, available: 1 },
      disks: [{ path: "/", total: 2, available: 1 }],
      uptime: 60,
      daemons: [{ name: "apache2", version: "2.4.62", running: true }],
      generations: [{ number: 3, at: 1, state: "live", cause: "root: apply", summary: "1 to create" }],
    };
    web1.onQuestion((async () => machine) as never);
    const { body } = await operator.get("/v1/hosts/web1/machine");
    assert.deepEqual(body, { ...machine, system: "debian 12, Linux 6.1\ufffd[2J" });
    web1.onQuestion(async () => {
      throw new Error('this host runs Upkeep 0.0.1, which does not know "describe"');
    });
    const { status, body: old } = await operator.get("/v1/hosts/web1/machine");
    assert.deepEqual([status, /does not know "describe"/.test(old.detail)], [409, true], JSON.stringify(old));
  });
});
