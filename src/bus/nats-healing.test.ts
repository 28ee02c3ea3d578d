import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { JetStreamApiError } from "@nats-io/jetstream";
import { patience, streamHealer } from "./nats-healing.ts";

function healing({ answers = true, leads = true } = {}) {
  const done: string[] = [];
  let at = 0;
  const healer = streamHealer(
    {
      answer: async () => {
        if (!answers) throw new Error("timeout");
      },
      changeLeader: async (stream) => {
        done.push(`another leads ${stream}`);
        if (!leads) throw new Error("one server alone");
      },
      remove: async (stream) => void done.push(`removed ${stream}`),
    },
    { log: () => {}, removed: () => done.push("compare"), now: () => at },
  );
  /** Nothing is taken for so many seconds, one attempt in each. */
  const silence = async (seconds: number, error: Error = new Error("timeout"), stream = "s") => {
    for (let second = 0; second < seconds; second++) {
      await healer.refused(stream, error);
      at += 1_000;
    }
  };
  return { healer, done, silence };
}

const wait = patience / 1_000;

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
    assert.deepEqual(done, ["another leads s", "removed s", "compare"]);
  });

  test("is made anew where one server is alone", async () => {
    const { done, silence } = healing({ leads: false });
    await silence(2 * wait + 2);
    assert.deepEqual(done.at(-1), "compare");
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
