import assert from "node:assert/strict";
import { test } from "node:test";
import type { Desired } from "../model/desired.ts";
import { MemoryBus } from "./memory.ts";

const entry = (name: string): Desired => ({
  ref: `Site/${name}`,
  sequence: 1,
  revision: 1,
  resource: { kind: "Site", name, spec: {} },
  cause: "alice: apply",
  writer: "0.1.0",
});

test("a host that could not take what it was given is given all of it when it comes back", async () => {
  const bus = new MemoryBus();
  await bus.put("web1", entry("a"));
  const first = bus.connect("web1");
  const connections: boolean[] = [];
  first.onConnection((isConnected) => connections.push(isConnected));
  first.watch(async () => {
    throw new Error("no space left on device");
  });
  await new Promise(setImmediate);
  assert.deepEqual(connections, [true, false]);
  await bus.put("web1", entry("b"));
  const taken: string[] = [];
  bus.connect("web1").watch(async (entries) => {
    taken.push(...entries.map(({ ref }) => ref));
  });
  await new Promise(setImmediate);
  assert.deepEqual(taken, ["Site/a", "Site/b"]);
});
