import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Names } from "../../host/names.ts";
import { followNames, openFriends } from "./friends.ts";

const world = (reverse: Record<string, string[]>, forward: Record<string, string[]>) => {
  const asked: string[] = [];
  const names: Names = {
    async namesOf(address) {
      asked.push(address);
      if (!reverse[address]) throw new Error("nobody knows");
      return reverse[address];
    },
    async addressesOf(name) {
      asked.push(name);
      return forward[name] ?? [];
    },
  };
  return { names, asked };
};

describe("a search engine is known", () => {
  const { names, asked } = world(
    {
      "66.249.66.1": ["crawl-66-249-66-1.googlebot.com"],
      "2001:4860:4801::1": ["CRAWL.GOOGLEBOT.COM."],
      "192.0.2.1": ["crawl-66-249-66-1.googlebot.com"],
      "192.0.2.2": ["googlebot.com.evil.example"],
      "192.0.2.3": ["evilgooglebot.com"],
      "192.0.2.4": ["mail.example.org", "msnbot-1.search.msn.com"],
    },
    {
      "crawl-66-249-66-1.googlebot.com": ["66.249.66.1"],
      "crawl.googlebot.com": ["2001:4860:4801:0:0:0:0:1"],
      "googlebot.com.evil.example": ["192.0.2.2"],
      "evilgooglebot.com": ["192.0.2.3"],
      "msnbot-1.search.msn.com": ["192.0.2.4"],
    },
  );
  let now = 0;
  const friends = openFriends(names, () => now);
  for (const [address, engine] of [
    ["66.249.66.1", "Google"],
    ["2001:4860:4801::1", "Google"],
    ["192.0.2.4", "Bing"],
    ["192.0.2.1", undefined],
    ["192.0.2.2", undefined],
    ["192.0.2.3", undefined],
    ["203.0.113.9", undefined],
  ] as const)
    test(`${address} is ${engine ?? "nobody's"}`, async () => assert.equal(await friends.engineOf(address), engine));

  test("and not asked about again for an hour", async () => {
    const before = asked.length;
    await friends.engineOf("66.249.66.1");
    assert.equal(asked.length, before);
    now = 3_600_001;
    assert.equal(await friends.engineOf("66.249.66.1"), "Google");
    assert.ok(asked.length > before);
  });
});

test("a name that cannot be looked up keeps the addresses that it had", async () => {
  let isThere = true;
  const told: (readonly string[])[] = [];
  const names: Names = {
    namesOf: async () => [],
    addressesOf: async () => {
      if (!isThere) throw new Error("nobody knows");
      return ["192.0.2.7"];
    },
  };
  const first = await new Promise<readonly string[]>((resolve) => {
    followNames(["office.example.net"], names, resolve).stop();
  });
  assert.deepEqual(first, ["192.0.2.7"]);
  isThere = false;
  followNames(["office.example.net"], names, (all) => told.push(all)).stop();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(told, []);
});
