import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser } from "./browser.ts";
import { openTestEstate, type TestEstate } from "./estate.ts";

describe("records by the API", () => {
  let estate: TestEstate;
  let operator: Browser;
  before(async () => {
    estate = await openTestEstate();
    await estate.tenant({ name: "acme" });
    await estate.tenant({ name: "small", quotas: { sites: 2, names: 4, workers: 8 }, suffixes: ["small.example"] });
    operator = await estate.as("op@example.com", { isOperator: true });
  });
  after(() => estate.close());
  const put = (who: Browser, name: string, body: object, headers = {}) =>
    who.ask("PUT", `/v1/resources/Site/${name}`, { spec: {}, ...body }, headers);

  it("come a page at a time, in either order, searched and filtered, each once", async () => {
    const names = Array.from({ length: 23 }, (_, index) => `n${String(index).padStart(2, "0")}.pages.example`);
    const state = names.map((name, index) => ({ kind: "Site", name, ...(index % 2 && { tenant: "acme" }), spec: {} }));
    assert.equal((await operator.ask("POST", "/v1/apply", { state })).status, 200);
    for (const order of ["name", "-name", "changed", "-changed"]) {
      const found: string[] = [];
      for (let cursor = ""; ; ) {
        const query = `order=${order}&limit=5&search=pages.example${cursor && `&cursor=${cursor}`}`;
        const { body } = await operator.get(`/v1/resources?${query}`);
        found.push(...body.items.map(({ name }: { name: string }) => name));
        if (body.next === undefined) break;
        cursor = body.next;
      }
      assert.deepEqual(found, order.startsWith("-") ? names.toReversed() : names, order);
    }
    const count = async (query: string) => (await operator.get(`/v1/resources?limit=500&${query}`)).body.items.length;
    assert.equal(await count("search=pages&tenant=acme"), 11);
    assert.equal(await count("search=n0"), 10);
    assert.equal(await count("search=%25"), 0);
    assert.equal(await count("kind=Maintenance"), 0);
    assert.equal((await operator.get("/v1/resources?cursor=nonsense")).status, 400);
  });

  it("are changed by who has seen them as they are", async () => {
    assert.equal((await put(operator, "seen.example", {}, { "if-match": '"1"' })).status, 412);
    assert.equal((await put(operator, "seen.example", {}, { "if-match": '"0"' })).status, 200);
    assert.equal((await put(operator, "seen.example", {}, { "if-match": '"0"' })).status, 412);
    const { headers, body } = await operator.get("/v1/resources/Site/seen.example");
    assert.equal(headers.get("etag"), '"1"');
    assert.equal(body.revision, 1);
    const patch = (change: object, match = '"1"') =>
      operator.ask("PATCH", "/v1/resources/Site/seen.example", change, { "if-match": match });
    assert.equal((await patch({ spec: { php: true, headers: { a: "1", b: "2" } } })).status, 200);
    assert.equal((await patch({ spec: { php: false } })).status, 412);
    assert.equal((await patch({ spec: { php: null, headers: { a: null } } }, '"2"')).status, 200);
    assert.deepEqual((await operator.get("/v1/resources/Site/seen.example")).body.spec, { headers: { b: "2" } });
    const remove = (match: string) =>
      operator.ask("DELETE", "/v1/resources/Site/seen.example", undefined, { "if-match": match });
    assert.equal((await remove('"1"')).status, 412);
    assert.equal((await remove("*")).status, 200);
    assert.equal((await operator.get("/v1/resources/Site/seen.example")).status, 404);
  });

  it("go back to what they were, also from being gone", async () => {
    for (const root of ["one", "two"]) await put(operator, "back.example", { spec: { root } });
    const path = "/v1/resources/Site/back.example";
    const [newest, oldest] = (await operator.get(`${path}/history`)).body;
    assert.deepEqual([newest.after, oldest.after], [{ root: "two" }, { root: "one" }]);
    assert.equal((await operator.ask("POST", `${path}/rollback`, { to: oldest.number })).status, 200);
    assert.deepEqual((await operator.get(path)).body.spec, { root: "one" });
    await operator.ask("DELETE", path);
    assert.equal((await operator.ask("POST", `${path}/rollback`, { to: newest.number })).status, 200);
    assert.deepEqual((await operator.get(path)).body.spec, { root: "two" });
    assert.equal((await operator.ask("POST", `${path}/rollback`, { to: 999_999 })).status, 422);
  });

  it("are written all together, or not at all", async () => {
    const state = [
      { kind: "Site", name: "good.example", spec: {} },
      { kind: "Site", name: "bad.example", spec: { root: "../etc" } },
    ];
    const refused = await operator.ask("POST", "/v1/apply", { state });
    assert.equal(refused.status, 422);
    assert.deepEqual(refused.body.errors[0].pointer, "/spec/root");
    assert.equal((await operator.get("/v1/resources/Site/good.example")).status, 404);
    const gone = { state: state.slice(0, 1), delete: ["Site/never.example"] };
    assert.equal((await operator.ask("POST", "/v1/apply", gone)).status, 422);
    assert.equal((await operator.get("/v1/resources/Site/good.example")).status, 404);
  });

  it("are written once for one Idempotency-Key, whoever sends it again", async () => {
    const body = { state: [{ kind: "Site", name: "once.example", spec: {} }] };
    const send = (key: string, sent: object = body) =>
      operator.ask("POST", "/v1/apply", sent, { "idempotency-key": key });
    const first = await send("a");
    const again = await send("a");
    assert.deepEqual([again.status, again.body], [first.status, first.body]);
    assert.equal(again.headers.get("idempotency-replayed"), "true");
    assert.equal((await send("b")).body.changed, 0);
    assert.equal((await send("a", { state: [] })).status, 422);
    const bad = { state: [{ kind: "Site", name: "bad.example", spec: { php: 1 } }] };
    assert.equal((await send("c", bad)).status, 422);
    assert.equal((await send("c", bad)).headers.get("idempotency-replayed"), null);
  });

  describe("of a tenant", () => {
    let member: Browser;
    before(async () => {
      member = await estate.as("m@small.example", { tenants: { small: "member" } });
    });

    it("stay within what it may have, also when asked for all at once", async () => {
      const all = await Promise.all(
        Array.from({ length: 8 }, (_, index) => put(member, `q${index}.small.example`, {})),
      );
      assert.deepEqual(all.map(({ status }) => status).sort(), [200, 200, 422, 422, 422, 422, 422, 422]);
      assert.match(all.find(({ status }) => status === 422)!.body.detail, /small may have 2 sites; this would be 3/);
      const { usage } = (await member.get("/v1/tenants/small")).body;
      assert.equal(usage.sites, 2);
      const [{ name }] = (await member.get("/v1/resources?kind=Site")).body.items;
      const path = `/v1/resources/Site/${name}`;
      const more = await member.ask("PATCH", path, {
        spec: { aliases: ["a", "b", "c"].map((each) => `${each}.small.example`) },
      });
      assert.match(more.body.detail, /4 host names; this would be 5/);
      assert.equal((await member.ask("PATCH", path, { spec: { php: { children: 9 } } })).status, 422);
      assert.equal((await member.ask("DELETE", path)).status, 200);
    });

    it("are no more people than it may have, also when many are invited at once", async () => {
      await estate.tenant({ name: "few", quotas: { people: 3 } });
      const admin = await estate.as("a@few.example", { tenants: { few: "admin" } });
      const all = await Promise.all(
        Array.from({ length: 5 }, (_, index) =>
          admin.ask("POST", "/v1/invitations", { email: `p${index}@few.example`, tenant: "few", role: "viewer" }),
        ),
      );
      assert.deepEqual(all.map(({ status }) => status).sort(), [201, 201, 422, 422, 422]);
      assert.match(all.find(({ status }) => status === 422)!.body.detail, /few may have 3 people; this would be 4/);
      assert.equal((await admin.get("/v1/tenants/few")).body.usage.people, 3);
    });

    it("run as no more accounts than it may have; sites of one account count once", async () => {
      await estate.tenant({ name: "folk", quotas: { accounts: 1 } });
      const owner = await estate.as("o@folk.example", { tenants: { folk: "member" } });
      for (const name of ["one.folk.example", "two.folk.example"])
        assert.equal((await put(operator, name, { tenant: "folk", spec: { user: "folk" } })).status, 200);
      assert.equal((await owner.get("/v1/tenants/folk")).body.usage.accounts, 1);
      const further = await put(owner, "three.folk.example", {});
      assert.match(further.body.detail, /folk may have 1 accounts on hosts, as which sites run; this would be 2/);
    });

    it("get no further site while theirs hold more than they may, and change what there is", async () => {
      await estate.tenant({ name: "big", quotas: { disk: 500 } });
      await estate.fleet.add("disk1", {}, { at: 0, actor: "test", cause: "test" });
      const owner = await estate.as("o@big.example", { tenants: { big: "member" } });
      const placement = { host: "disk1" };
      assert.equal((await put(owner, "one.big.example", { placement })).status, 200);
      const measured = (bytes: number, number: number) =>
        estate.bus.connect("disk1").report({ number, conditions: [], sizes: [{ ref: "Site/one.big.example", bytes }] });
      await measured(600_000_001, 1);
      assert.equal((await owner.get("/v1/tenants/big")).body.usage.disk, 601);
      const further = await put(owner, "two.big.example", { placement });
      assert.match(further.body.detail, /big may have 500 MB in its sites, and has 601; make room first/);
      assert.equal((await put(owner, "one.big.example", { placement, spec: { php: true } })).status, 200);
      await measured(100, 2);
      assert.equal((await put(owner, "two.big.example", { placement })).status, 200);
    });

    it("are told nothing of what others have", async () => {
      await put(operator, "theirs.example", { tenant: "acme", spec: { aliases: ["www.small.example"] } });
      const taken = await put(member, "mine.small.example", { spec: { aliases: ["www.small.example"] } });
      assert.equal(taken.status, 422);
      assert.doesNotMatch(JSON.stringify(taken.body), /theirs/);
      const spoken = { tenant: "small", spec: { sites: ["theirs.example"], active: true } };
      const foreign = await member.ask("PUT", "/v1/resources/Maintenance/m", spoken);
      const missing = await member.ask("PUT", "/v1/resources/Maintenance/m", {
        ...spoken,
        spec: { sites: ["nobodys.example"], active: true },
      });
      assert.equal(foreign.body.detail.replace("theirs", "nobodys"), missing.body.detail);
      assert.equal((await member.get("/v1/overview")).body.hosts, undefined);
    });

    it("keep what operators have stated of them, and state none of it", async () => {
      await put(operator, "kept.small.example", { tenant: "small", spec: { proxy: "http://127.0.0.1:3000" } });
      assert.equal((await put(member, "kept.small.example", { spec: { headers: { a: "1" } } })).status, 200);
      const { spec } = (await member.get("/v1/resources/Site/kept.small.example")).body;
      assert.deepEqual(spec, { proxy: "http://127.0.0.1:3000", headers: { a: "1" } });
      for (const change of [{ proxy: "http://127.0.0.1:22" }, { custom: ["x"] }, { user: "other" }])
        assert.equal((await put(member, "kept.small.example", { spec: change })).status, 422);
      await member.ask("PATCH", "/v1/resources/Site/kept.small.example", { spec: { proxy: null } });
      assert.equal((await member.get("/v1/resources/Site/kept.small.example")).body.spec.proxy, spec.proxy);
    });

    it("go where that is of which they speak", async () => {
      const placed = { tenant: "small", spec: {}, placement: { host: "web1" } };
      await operator.ask("PUT", "/v1/hosts/web1", {});
      await put(operator, "placed.small.example", placed);
      await operator.ask("PUT", "/v1/tenants/small", { title: "Small" });
      const { status, body } = await member.ask("PUT", "/v1/resources/Maintenance/placed.small.example", {
        spec: { sites: ["placed.small.example"], active: true },
      });
      assert.equal(status, 200, JSON.stringify(body));
      const { placement } = (await member.get("/v1/resources/Maintenance/placed.small.example")).body;
      assert.deepEqual(placement, { host: "web1" });
    });

    it("are nobody else's to give or take", async () => {
      assert.equal((await put(member, "kept.small.example", { tenant: "acme" })).status, 403);
      assert.equal((await put(member, "theirs.example", { tenant: "small" })).status, 403);
      const both = await estate.as("both@example.com", { tenants: { small: "member", acme: "viewer" } });
      assert.equal((await put(both, "kept.small.example", { tenant: "acme" })).status, 403);
      assert.equal((await member.ask("PUT", "/v1/resources/Jail/sshd", { spec: {} })).status, 422);
      for (const extra of [{ revision: 9 }, { kind: "Jail" }, { isOperator: true }])
        assert.equal((await put(member, "kept.small.example", extra)).status, 400);
    });
  });

  it("are no way to files, whatever their names are", async () => {
    for (const name of ["..%2f..%2fetc%2fpasswd", "%2e%2e", "a%00b", "a%0ab", "%ff", "x".repeat(300)])
      for (const method of ["GET", "PUT", "DELETE"]) {
        const body = method === "PUT" ? { spec: {} } : undefined;
        const { status } = await operator.ask(method, `/v1/resources/Site/${name}`, body);
        assert.ok(status === 400 || status === 404 || status === 422, `${method} ${name}: ${status}`);
      }
  });
});
