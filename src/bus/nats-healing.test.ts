import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { JetStreamApiError } from "@nats-io/jetstream";
import { silence, streamHealer } from "./nats-healing.ts";

/** Two servers that keep a stream, and the control planes that put something there. */
function healing({ answers = true, says = true, leads = true, controls = 1 } = {}) {
  const done: string[] = [];
  const servers = ["one", "two"];
  const stream = { created: 0, leader: 0, last: 0 };
  const found = () => ({
    created: String(stream.created),
    leader: leads ? servers[stream.leader] : undefined,
    last: stream.last,
  });
  let at = 0;
  const healers = Array.from({ length: controls }, () =>
    streamHealer(
      {
        answer: async () => {
          if (!answers) throw new Error("timeout");
        },
        find: async () => (says ? found() : undefined),
        changeLeader: async (name) => {
          done.push(`another leads ${name}`);
          if (!leads) throw new Error("one server alone");
          stream.leader = (stream.leader + 1) % servers.length;
        },
        remove: async (name) => {
          done.push(`removed ${name}`);
          stream.created = at;
        },
      },
      { log: () => {}, removed: (name) => done.push(`made good ${name}`), now: () => at },
    ),
  );
  /** Nothing is taken for so many seconds, one attempt of each control plane in each. */
  const silence = async (seconds: number, error: Error = new Error("timeout"), name = "s") => {
    for (let second = 0; second < seconds; second++)
      for (const healer of healers) {
        await healer.refused(name, error);
        at += 1_000 / controls;
      }
  };
  /** Nobody tries anything for so many seconds. */
  const rest = (seconds: number) => {
    at += seconds * 1_000;
  };
  return { healer: healers[0]!, healers, stream, done, silence, rest };
}

const wait = silence / 1_000;

describe("a stream that takes nothing", () => {
  test("is left alone for a while", async () => {
    const { done, silence } = healing();
    await silence(wait);
    assert.deepEqual(done, []);
  });

  test("is led by another server, and then made anew", async () => {
    const { done, silence } = healing();
    await silence(wait + 1);
    assert.deepEqual(done, ["another leads s"]);
    await silence(wait + 1);
    assert.deepEqual(done, ["another leads s", "removed s", "made good s"]);
  });

  test("is made anew where one server is alone", async () => {
    const { done, silence } = healing({ leads: false });
    await silence(2 * wait + 2);
    assert.deepEqual(done.at(-1), "made good s");
  });

  test("is handed over once, however many control planes see that: the next hand-over may be back to where it was", async () => {
    const { done, stream, silence } = healing({ controls: 3 });
    await silence(wait + 2);
    assert.deepEqual(done, ["another leads s"]);
    assert.equal(stream.leader, 1);
  });

  test("is made anew once, however many control planes see that", async () => {
    const { healers, done, silence } = healing({ controls: 3 });
    await silence(2 * wait + 4);
    assert.deepEqual(done, ["another leads s", "removed s", "made good s"]);
    for (const healer of healers) healer.took("s");
    await silence(wait);
    assert.equal(done.length, 3);
  });

  test("is given its time again once somebody has made it anew", async () => {
    const { done, stream, silence } = healing();
    await silence(wait);
    stream.created = 1;
    await silence(wait + 1);
    assert.deepEqual(done, []);
    await silence(1);
    assert.deepEqual(done, ["another leads s"]);
  });

  test("is made anew after twice the time where another server has come to lead it by itself", async () => {
    const { done, stream, silence } = healing();
    await silence(wait);
    stream.leader = 1;
    await silence(wait + 2);
    assert.deepEqual(done, ["removed s", "made good s"]);
  });

  test("is well if it takes something from others", async () => {
    const { done, stream, silence } = healing();
    for (let round = 0; round < 5; round++) {
      await silence(wait);
      stream.last++;
    }
    await silence(1);
    assert.deepEqual(done, []);
  });

  test("is not made anew for one attempt that fails long after others", async () => {
    const { done, silence, rest } = healing();
    await silence(wait + 2);
    assert.deepEqual(done, ["another leads s"]);
    rest(3_600);
    await silence(wait);
    assert.deepEqual(done, ["another leads s"]);
  });

  test("is treated also where nobody says anything about it", async () => {
    const { done, silence } = healing({ says: false });
    await silence(2 * wait + 2);
    assert.deepEqual(done, ["another leads s", "removed s", "made good s"]);
  });

  test("is as good as ever once it has taken something", async () => {
    const { healer, done, silence } = healing();
    await silence(wait);
    healer.took("s");
    await silence(wait);
    assert.deepEqual(done, []);
  });

  test("says why, and is not made anew for that", async () => {
    const { done, silence } = healing();
    const full = new JetStreamApiError({ code: 503, err_code: 10_023, description: "insufficient resources" });
    await silence(5 * wait, full);
    assert.deepEqual(done, []);
  });

  test("is not to blame when the servers do not answer", async () => {
    const { done, silence } = healing({ answers: false });
    await silence(5 * wait);
    assert.deepEqual(done, []);
  });

  test("has nothing to do with another that takes everything", async () => {
    const { healer, done, silence } = healing();
    await silence(wait, new Error("timeout"), "one");
    healer.took("other");
    await silence(2, new Error("timeout"), "one");
    assert.deepEqual(done, ["another leads one"]);
  });
});
