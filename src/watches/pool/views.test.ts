import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PoolConfig } from "../../model/pool.ts";
import { here, openViews } from "./views.ts";

const config = { name: "www", every: 1_000, timeout: 500, vantage: 3 } as PoolConfig;
const health = (isUp: boolean) => ({ isUp, since: 0, says: "", took: 1 });
const address = "192.0.2.1";

describe("what several hosts see", () => {
  test("is decided by the majority, and where there is none it stays as it was published", () => {
    const views = openViews(() => 0);
    const is = (published: boolean) => views.isUp(config, address, published ? [address] : []);
    assert.deepEqual([is(true), is(false)], [true, false], "nobody has looked");
    views.put("www", address, here, health(false));
    assert.equal(is(true), false);
    views.put("www", address, "a", health(true));
    assert.deepEqual([is(true), is(false)], [true, false], "one against one");
    views.put("www", address, "b", health(true));
    assert.equal(is(false), true);
  });

  test("counts while it is fresh, and only where others are asked", () => {
    let now = 0;
    const views = openViews(() => now);
    for (const from of ["a", "b"]) views.put("www", address, from, health(false));
    views.put("www", address, here, health(true));
    assert.equal(views.isUp(config, address, []), false);
    assert.equal(views.isUp({ ...config, vantage: 1 }, address, []), true);
    now = 11_001;
    assert.equal(views.isUp(config, address, []), true, "they have not been heard of for too long");
  });
});
