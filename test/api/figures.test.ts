import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { slotLength } from "../../src/store/samples.ts";
import type { Browser } from "./browser.ts";
import { openTestEstate, type TestEstate } from "./estate.ts";

describe("how busy hosts have been", () => {
  let estate: TestEstate;
  let operator: Browser;
  before(async () => {
    estate = await openTestEstate();
    operator = await estate.as("op@example.com", { isOperator: true });
    for (const name of ["web1", "web2"]) await estate.fleet.add(name, {}, { at: 0, actor: "test", cause: "test" });
  });
  after(() => estate.close());

  it("is kept by slots of five minutes, of one host or of all, with gaps where nothing is known", async () => {
    const now = Math.floor(Date.now() / slotLength);
    await estate.fleet.samples.keep([
      { host: "web1", slot: now - 2, load: 1, requests: 10 },
      { host: "web2", slot: now - 2, load: 3, requests: 5.5 },
      { host: "web1", slot: now, load: 0.5, requests: undefined },
    ]);
    // What is known better later counts.
    await estate.fleet.samples.keep([{ host: "web1", slot: now, load: 0.25, requests: 2 }]);
    const { body } = await operator.get("/v1/figures?hours=1");
    assert.equal(body.load.length, 12);
    assert.equal(body.from, (now - 11) * slotLength);
    assert.deepEqual(
      [body.load.slice(-3), body.requests.slice(-3)],
      [
        [3, null, 0.25],
        [15.5, null, 2],
      ],
    );
    const { body: one } = await operator.get("/v1/figures?hours=1&host=web2");
    assert.deepEqual(one.load.slice(-3), [3, null, null]);
  });

  it("is gathered from heartbeats, and bans from what hosts tell", async () => {
    const web1 = estate.bus.connect("web1");
    const state = { version: "1", os: "debian 12", generation: 1, sequence: 1, conditions: {}, clock: Date.now() };
    for (const load of [1, 2]) web1.event({ is: "alive", state: { ...state, load, requests: 100 * load } });
    await web1.report({
      number: 1,
      conditions: [],
      events: [1, 2].map((number) => ({ is: "banned", says: "192.0.2.1", log: "guard", number, at: Date.now() })),
    });
    // Once a minute.
    estate.ahead += 61_000;
    estate.control.nudge();
    for (;;) {
      const { body } = await operator.get("/v1/figures?hours=1&host=web1");
      const at = body.requests.findIndex((value: number | null) => value === 150);
      if (at >= 0) {
        assert.equal(body.load[at], 1.5);
        assert.equal(
          body.bans.reduce((sum: number, one: number | null) => sum + (one ?? 0), 0),
          2,
        );
        return;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  });

  it("is forgotten after two days", async () => {
    const old = Math.floor(Date.now() / slotLength) - 600;
    await estate.fleet.samples.keep([{ host: "web1", slot: old, load: 1, requests: 1 }]);
    await estate.fleet.samples.forgetOld(Date.now());
    assert.deepEqual(
      (await estate.fleet.samples.since(old)).filter(({ slot }) => slot === old),
      [],
    );
  });
});
