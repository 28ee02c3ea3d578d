import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
import { z } from "zod";
import { Unreachable } from "../host/link.ts";
import { openRuns, type Runs } from "../store/runs.ts";
import { type Around, type Doing, type Runbook, runbook, type Step } from "./runbook.ts";
import { answerTo, goOn, type Journal } from "./runner.ts";

/** Power goes. */
class Crash extends Error {}

/** A world in which each step makes a thing, in two halves; everything that happens to it can be the last that does. */
function world(
  names: readonly string[],
  more: Partial<Record<string, Partial<Doing>>> = {},
  kind: Pick<Runbook, "wayBack"> = {},
) {
  const things = new Map<string, "half" | "whole">();
  const made = new Map<string, number>();
  let left = Number.POSITIVE_INFINITY;
  let effects = 0;
  const happens = () => {
    effects++;
    if (left-- <= 0) throw new Crash();
  };
  const steps = names.map(
    (name): Step => ({
      name,
      plan: () => ({ does: [name] }),
      check: async () => {
        happens();
        return things.get(name) === "whole";
      },
      run: async () => {
        assert.notEqual(things.get(name), "whole", `${name} is made though it is there`);
        happens();
        things.set(name, "half");
        happens();
        things.set(name, "whole");
        made.set(name, (made.get(name) ?? 0) + 1);
        happens();
      },
      verify: async () => {
        happens();
        assert.equal(things.get(name), "whole");
      },
      undo: async () => {
        happens();
        things.delete(name);
        happens();
      },
      ...more[name],
    }),
  );
  const book: Runbook = runbook({
    name: "test",
    summary: "For tests.",
    input: z.object({}),
    title: () => "a test",
    touches: () => ["it"],
    prepare: async () => ({}),
    steps: () => steps,
    ...kind,
  });
  let now = 1_000;
  const clock = {
    now: () => now,
    async pause(milliseconds: number) {
      now += milliseconds;
    },
  };
  const around = { host: { clock } } as unknown as Around;
  const runs = openRuns(new DatabaseSync(":memory:"));
  const begun = runs.begin({
    runbook: "test",
    title: "a test",
    actor: "alice",
    input: {},
    scope: {},
    steps: names,
    locks: ["it"],
    at: 1_000,
  });
  assert.ok("id" in begun);
  const { id } = begun;
  // Before whatever is written down, and after it, power may go.
  const journal = new Proxy(runs, {
    get(target, key) {
      const own = target[key as keyof Runs] as (...given: unknown[]) => unknown;
      if (!["set", "step", "want", "remember"].includes(String(key))) return own;
      return (...given: unknown[]) => {
        happens();
        const result = own(...given);
        happens();
        return result;
      };
    },
  }) as Journal;
  return {
    things,
    made,
    runs,
    id,
    /** Goes on until power goes after so many effects, or to its end. */
    async go(effectsLeft = Number.POSITIVE_INFINITY, tell?: (is: string, says: string) => void) {
      left = effectsLeft;
      effects = 0;
      try {
        return await goOn(id, { runs: journal, runbook: book, around, ...(tell && { tell }) });
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        return undefined;
      }
    },
    effects: () => effects,
  };
}

const names = ["one", "two", "three"];
const whole = new Map(names.map((name) => [name, "whole"]));

/** How many effects a whole run has. */
async function length(prepare: (made: ReturnType<typeof world>) => Promise<unknown> = async () => {}) {
  const made = world(names);
  await prepare(made);
  await made.go();
  return made.effects();
}

describe("a run", () => {
  test("killed at any point goes on where it stood, and makes nothing twice", async () => {
    const all = await length();
    assert.ok(all > 30);
    for (let point = 0; point < all; point++) {
      const made = world(names);
      const first = await made.go(point);
      // A failure is written down as one; a power failure is none.
      assert.equal(first, undefined, `at ${point}`);
      const record = await made.go();
      assert.equal(record?.state, "done", `at ${point}`);
      assert.deepEqual(made.things, whole);
      for (const name of names) assert.equal(made.made.get(name), 1, `${name}, killed at ${point}`);
    }
  });

  test("is taken back from any point, and that survives being killed at any point, too", async () => {
    const all = await length();
    for (let point = 0; point < all; point++) {
      const made = world(names);
      await made.go(point);
      made.runs.want(made.id, "undo");
      assert.equal((await made.go())?.state, "undone", `from ${point}`);
      assert.deepEqual(made.things, new Map());
    }
    const undo = async (made: ReturnType<typeof world>) => {
      await made.go();
      made.runs.want(made.id, "undo");
    };
    const back = await length(undo);
    for (let point = 0; point < back; point++) {
      const made = world(names);
      await undo(made);
      await made.go(point);
      assert.equal((await made.go())?.state, "undone", `killed at ${point}`);
      assert.deepEqual(made.things, new Map());
    }
  });

  test("does not make what is there already, and leaves it when it is taken back", async () => {
    const made = world(names);
    made.things.set("two", "whole");
    const record = await made.go();
    assert.deepEqual(
      record?.steps.map(({ state }) => state),
      ["done", "found", "done"],
    );
    made.runs.want(made.id, "undo");
    await made.go();
    assert.deepEqual([...made.things.keys()], ["two"]);
  });

  test("that fails says where and why, goes on when somebody lets it, or goes back", async () => {
    let isBroken = true;
    const break_ = {
      two: {
        verify: async () => {
          if (isBroken) throw new Error("the disk is full");
        },
      },
    };
    const made = world(names, break_);
    const record = await made.go();
    assert.deepEqual([record?.state, record?.problem], ["failed", "two: the disk is full"]);
    assert.equal(made.things.has("three"), false);
    isBroken = false;
    assert.equal((await made.go())?.state, "done");
    // It had made it itself, so it takes it back.
    made.runs.want(made.id, "undo");
    await made.go();
    assert.deepEqual(made.things, new Map());
  });

  test("is paused before the next step, and ended where it stands", async () => {
    const made = world(names, {
      one: { verify: async () => made.runs.want(made.id, "pause") },
    });
    assert.equal((await made.go())?.state, "paused");
    assert.deepEqual([...made.things.keys()], ["one"]);
    made.runs.want(made.id, "abort");
    assert.equal((await made.go())?.state, "aborted");
    assert.deepEqual([...made.things.keys()], ["one"]);
  });

  test("goes back by itself when it fails, tries that until it is done, and tells people why", async () => {
    let away = 3;
    const made = world(
      names,
      {
        two: {
          undo: async () => {
            if (away-- > 0) throw new Error("the other host is away");
            made.things.delete("two");
          },
        },
        three: {
          run: async () => {
            throw new Error("no space");
          },
        },
      },
      { wayBack: "automatic" },
    );
    const told: string[] = [];
    const record = await made.go(Number.POSITIVE_INFINITY, (is, says) => told.push(`${is}: ${says}`));
    assert.deepEqual([record?.state, record?.problem, away], ["undone", "three: no space", -1]);
    assert.deepEqual(made.things, new Map());
    assert.deepEqual(told, [`run stopped: run ${made.id}, test a test: taken back: three: no space`]);
    const said = made.runs.entries(made.id).filter(({ says }) => /cannot be taken back/.test(says));
    assert.equal(said.length, 1, "the same is said once");
  });

  test("is taken back once, however often somebody says so", async () => {
    const made = world(names, {
      three: {
        undo: async () => {
          made.things.delete("three");
          made.runs.want(made.id, "undo");
        },
      },
    });
    await made.go();
    made.runs.want(made.id, "undo");
    assert.equal((await made.go())?.state, "undone");
    assert.deepEqual(made.things, new Map());
  });

  test("waits while the other machine is away, for as long as the step has patience", async () => {
    let away = 3;
    const run = async () => {
      if (away-- > 0) throw new Unreachable("old1 cannot be reached");
      made.things.set("two", "whole");
    };
    const made = world(names, { two: { run, patience: 60_000 } });
    assert.equal((await made.go())?.state, "done");
    away = 1;
    const without = world(names, { two: { run } });
    assert.equal((await without.go())?.problem, "two: old1 cannot be reached");
  });

  test("is not taken back beyond a step that says so", async () => {
    const made = world(names, { two: { isFinal: true } });
    await made.go();
    made.runs.want(made.id, "undo");
    const record = await made.go();
    assert.deepEqual(
      [record?.state, record?.problem],
      ["done", 'what went before "two" cannot be taken back any longer'],
    );
    assert.deepEqual(made.things, whole);
  });

  test("has what it touches for itself until it is over", async () => {
    const made = world(names);
    const other = {
      runbook: "test",
      title: "",
      actor: "bob",
      input: {},
      scope: {},
      steps: [],
      locks: ["it"],
      at: 2_000,
    };
    assert.deepEqual(made.runs.begin(other), { taken: "it", by: made.id });
    await made.go();
    assert.ok("id" in made.runs.begin(other));
  });
});

describe("a run that waits", () => {
  const waiting = (awaits: Extract<Step, { awaits: unknown }>["awaits"]) => {
    const steps: Step[] = [{ name: "wait", plan: () => ({ does: [] }), awaits }];
    const runs = openRuns(new DatabaseSync(":memory:"));
    const begun = runs.begin({
      runbook: "test",
      title: "",
      actor: "alice",
      input: {},
      scope: {},
      steps: ["wait"],
      locks: [],
      at: 0,
    });
    assert.ok("id" in begun);
    let now = 0;
    const passes: (() => void)[] = [];
    const clock = {
      now: () => now,
      pause: async (milliseconds: number) => {
        now += milliseconds;
        passes.shift()?.();
      },
    };
    const book = { input: z.object({}), name: "test", title: () => "a test", steps: () => steps } as unknown as Runbook;
    const go = () => goOn(begun.id, { runs, runbook: book, around: { host: { clock } } as unknown as Around });
    return { runs, id: begun.id, go, passes, now: () => now };
  };

  test("goes on waiting while the other machine is away", async () => {
    let away = 3;
    const { go, now } = waiting(async () => {
      if (away-- > 0) throw new Unreachable("old1 cannot be reached");
      return undefined;
    });
    assert.equal((await go()).state, "done");
    assert.equal(now(), 15_000);
  });

  test("for a time goes on when it has come", async () => {
    const { go, now } = waiting(async () => (now() < 3_600_000 ? { for: "time", until: 3_600_000 } : undefined));
    assert.equal((await go()).state, "done");
    assert.equal(now(), 3_600_000);
  });

  test("for a person goes on when they say so, and can be taken back meanwhile", async () => {
    const look = { for: "person", says: "Look at the new site." } as const;
    const one = waiting(async () => look);
    one.passes.push(
      () => assert.deepEqual(one.runs.find(one.id)?.awaits, look),
      () => one.runs.remember(one.id, answerTo("wait"), "alice"),
    );
    assert.equal((await one.go()).state, "done");
    const other = waiting(async () => look);
    other.passes.push(() => other.runs.want(other.id, "undo"));
    assert.equal((await other.go()).state, "undone");
  });

  test("for a condition looks again and again", async () => {
    let looked = 0;
    const { go, now } = waiting(async () =>
      ++looked < 4 ? { for: "condition", says: "replication lags" } : undefined,
    );
    assert.equal((await go()).state, "done");
    assert.equal(now(), 15_000);
  });
});
