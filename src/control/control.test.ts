import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { MemoryBus } from "../bus/memory.ts";
import type { ConditionState } from "../model/condition.ts";
import type { Desired } from "../model/desired.ts";
import { openSecrets } from "../store/secrets.ts";
import { openSqliteFleet } from "../store/sqlite.ts";
import { type Control, startControl } from "./control.ts";
import { followToEnd, type HostOutcome } from "./following.ts";
import type { Statement } from "./stating.ts";

const secrets = openSecrets(Buffer.alloc(32, 1));
const signature = { at: 0, actor: "alice", cause: "test" };
const actor = { name: "alice", command: "apply shop.yaml" };
const never = new AbortController().signal;

const site = (name: string, placement: object, version = "1"): Statement => ({
  ref: `Site/${name}`,
  resource: {
    kind: "Site",
    name,
    spec: { headers: { version } },
    placement: placement as NonNullable<Statement["resource"]["placement"]>,
  },
  claims: [],
  from: "",
});
const intention = (...statements: Statement[]) => ({ statements, prune: [], pages: {} });
const web = { hosts: { labels: { role: "web" } } };

describe("a control plane", () => {
  let directory: string;
  let bus: MemoryBus;
  let control: Control;
  const logged: string[] = [];
  const start = async () =>
    startControl(await openSqliteFleet(join(directory, "estate.db"), secrets), bus, {
      now: Date.now,
      log: (text) => logged.push(text),
    });
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "upkeep-control-"));
    bus = new MemoryBus();
    control = await start();
    for (const name of ["web1", "web2"]) await control.fleet.add(name, { role: "web" }, signature);
  });
  afterEach(async () => {
    await control.close();
    rmSync(directory, { recursive: true });
  });

  /** A host that takes everything, and says of it what it is told to say. */
  function host(name: string, says: (entry: Desired) => ConditionState = () => "Applied") {
    const taken: Desired[] = [];
    const end = bus.connect(name);
    let number = 0;
    end.watch(async (entries) => {
      taken.push(...entries);
      const conditions = entries.map((entry) => {
        const { ref, sequence, revision, resource } = entry;
        const state = says(entry);
        return { ref, state, message: state, at: 0, sequence, revision, ...(resource ? {} : { gone: true as const }) };
      });
      await end.report({ number: ++number, conditions });
    });
    return taken;
  }
  const apply = async (...statements: Statement[]): Promise<Record<string, HostOutcome["state"]>> => {
    const outcomes = await followToEnd(control, await control.apply(intention(...statements), actor), () => {}, never);
    return Object.fromEntries(outcomes.map((each) => [each.host, each.state]));
  };

  test("hosts that serve the same get a change one after the other", async () => {
    const order: string[] = [];
    const noting = (name: string) => () => {
      order.push(name);
      return "Applied" as const;
    };
    host("web1", noting("web1"));
    host("web2", noting("web2"));
    assert.deepEqual(await apply(site("a", web)), { web1: "done", web2: "done" });
    assert.deepEqual(await apply(site("a", web, "2")), { web1: "done", web2: "done" });
    assert.deepEqual(order, ["web1", "web2", "web1", "web2"]);
  });

  test("the first that fails keeps the others as they were, until someone applies again", async () => {
    host("web1", ({ resource }) => (JSON.stringify(resource).includes("bad") ? "Failed" : "Applied"));
    const second = host("web2");
    await apply(site("a", web, "good"));
    assert.deepEqual(await apply(site("a", web, "bad")), { web1: "failed", web2: "held" });
    assert.deepEqual(
      second.map(({ revision }) => revision),
      [1],
    );
    assert.deepEqual(await apply(site("a", web, "mended")), { web1: "done", web2: "done" });
    assert.deepEqual(
      second.map(({ revision }) => revision),
      [1, 3],
    );
  });

  test("what has failed is tried again when it is stated again", async () => {
    let isBroken = true;
    const first = host("web1", () => (isBroken ? "Failed" : "Applied"));
    host("web2");
    assert.deepEqual(await apply(site("a", web)), { web1: "failed", web2: "held" });
    assert.deepEqual(await apply(site("a", web)), { web1: "failed", web2: "held" });
    isBroken = false;
    assert.deepEqual(await apply(site("a", web)), { web1: "done", web2: "done" });
    assert.deepEqual(
      first.map(({ revision }) => revision),
      [1, 1, 1],
    );
    assert.equal((await control.estate.verifyAudit()).broken, undefined);
  });

  test("what cannot be put holds up nothing else, and is put when it can be", async () => {
    const put = bus.put.bind(bus);
    let isBroken = true;
    bus.put = async (name, entry) => {
      if (isBroken && entry.ref === "Site/a") throw new Error("too large");
      return put(name, entry);
    };
    const taken = host("web1");
    await control.apply(intention(site("a", { host: "web1" }), site("b", { host: "web1" })), actor);
    for (const deadline = Date.now() + 5_000; taken.length === 0 && Date.now() < deadline; ) await pause(10);
    assert.deepEqual(
      taken.map(({ ref }) => ref),
      ["Site/b"],
    );
    assert.match(logged.join("\n"), /Site\/a for web1: too large/);
    isBroken = false;
    assert.deepEqual(await apply(site("b", { host: "web1" }, "2"), site("a", { host: "web1" })), { web1: "done" });
  });

  test("a bus that has forgotten everything is given it again by the next control plane", async () => {
    host("web1");
    await apply(site("a", { host: "web1" }));
    await control.close();
    bus = new MemoryBus();
    control = await start();
    const taken = host("web1");
    for (const deadline = Date.now() + 5_000; taken.length === 0 && Date.now() < deadline; ) await pause(10);
    assert.deepEqual(
      taken.map(({ ref }) => ref),
      ["Site/a"],
    );
  });

  test("hosts are asked to tell everything again when the bus has lost reports", async () => {
    await control.close();
    let lose = () => {};
    bus = new (class extends MemoryBus {
      override onReportsLost(hear = () => {}): void {
        lose = hear;
      }
    })();
    control = await start();
    const asked: string[] = [];
    for (const name of ["web1", "web2"])
      bus.connect(name).onQuestion(async (question) => {
        asked.push(`${name}: ${question}`);
        return {} as never;
      });
    lose();
    for (const deadline = Date.now() + 5_000; asked.length < 2 && Date.now() < deadline; ) await pause(10);
    assert.deepEqual(asked.sort(), ["web1: tell", "web2: tell"]);
  });

  test("a resource that goes elsewhere leaves a word that it is to go", async () => {
    const first = host("web1");
    const second = host("web2");
    await apply(site("a", { host: "web1" }));
    assert.deepEqual(await apply(site("a", { host: "web2" })), { web1: "done", web2: "done" });
    assert.equal(first.at(-1)!.resource, null);
    assert.equal(second.at(-1)!.ref, "Site/a");
    assert.deepEqual(
      (await control.fleet.shown()).map(({ ref, host: name }) => `${ref} ${name}`),
      ["Site/a web2"],
    );
  });

  test("a label brings what goes by it, and taking it away takes that away", async () => {
    host("web1");
    const second = host("web2");
    await control.fleet.label("web2", { role: null }, signature);
    await apply(site("a", web));
    assert.equal(second.length, 0);
    await control.fleet.label("web2", { role: "web" }, signature);
    control.nudge();
    for (const deadline = Date.now() + 5_000; second.length === 0 && Date.now() < deadline; ) await pause(10);
    assert.equal(second.at(-1)!.ref, "Site/a");
  });

  test("two who have looked at the same: the first has it, the second is told by whom", async () => {
    await control.apply(intention(site("a", { host: "web1" })), actor);
    const seen = (version: string) => ({ ...site("a", { host: "web1" }, version), seen: 1 });
    await control.apply(intention(seen("mine")), { name: "alice", command: "edit Site a" });
    await assert.rejects(
      control.apply(intention(seen("yours")), { name: "bob", command: "edit Site a" }),
      /Site\/a has been changed meanwhile by alice \(edit Site a\)/,
    );
    // Who states it as a whole, and has looked at none, has the last word.
    await control.apply(intention(site("a", { host: "web1" }, "stated")), actor);
  });
});
