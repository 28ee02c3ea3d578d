import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { TestHost } from "../../lab/lab.ts";
import { eventually, openEstate, type TestEstate } from "./estate/estate.ts";

interface Member {
  readonly host: string;
  readonly address: string;
  readonly isUp?: boolean;
  readonly votes: readonly [number, number];
}

describe("several hosts look, and the majority decides", () => {
  let estate: TestEstate<"a" | "b" | "c">;
  let target: TestHost;
  let all: readonly TestHost[];
  before(async () => {
    estate = await openEstate(["a", "b", "c"], { labels: ["role=looks"] });
    const { a, b, c } = estate.hosts;
    all = [a, b, c];
    target = estate.control;
    await target.must("systemctl", "start", "nginx");
    const { code, stdout, stderr } = await estate.control.apply(
      `kind: DnsPool\nname: www.example.com\nhosts: {labels: {role: looks}}\nspec:\n  zone: example.com\n  addresses: [${target.address}, 192.0.2.1]\n  check: {tcp: 80}\n  every: 300ms\n  timeout: 200ms\n  vantage: 3\n  damping: {changes: 50}\n`,
    );
    assert.equal(code, 0, stdout + stderr);
    await eventually("all three see it", async () =>
      (await seen()).every(({ votes }) => votes[0] === 3 && votes[1] === 3),
    );
  });
  after(() => estate?.close());

  /** How each host takes the target to be. */
  const seen = async (): Promise<readonly Member[]> => {
    const { stdout } = await estate.control.upkeep("pool", "status", "--json");
    const members = JSON.parse(stdout || "[]") as Member[];
    const about = members.filter(({ address }) => address === target.address);
    return about.length === 3 ? about : [{ host: "", address: "", votes: [0, 0] }];
  };
  const blind = (host: TestHost) =>
    host.must(
      "nft",
      "add table inet away; add chain inet away out { type filter hook output priority 0; }; add rule inet away out ip daddr ".concat(
        target.address,
        " tcp dport 80 drop",
      ),
    );

  test("one that sees it down is outvoted, on every host; two are not", async () => {
    const [a, b] = all as [TestHost, TestHost];
    await blind(a);
    await eventually("two of three see it up", async () =>
      (await seen()).every(({ votes, isUp }) => isUp === true && votes[0] === 2 && votes[1] === 3),
    );
    await blind(b);
    await eventually("two of three see it down", async () =>
      (await seen()).every(({ votes, isUp }) => isUp === false && votes[0] === 1 && votes[1] === 3),
    );
    for (const host of [a, b]) await host.must("nft", "delete", "table", "inet", "away");
    await eventually("all see it up", async () =>
      (await seen()).every(({ votes, isUp }) => isUp === true && votes[0] === 3),
    );
  });

  test("with the control plane down they go on", async () => {
    const [a, b, c] = all as [TestHost, TestHost, TestHost];
    await target.must("systemctl", "stop", "upkeep-server.socket", "upkeep-server");
    await blind(a);
    await blind(b);
    await eventually("the third hears of it", async () => {
      const members = JSON.parse((await c.upkeep("pool", "status", "--json")).stdout || "[]") as Member[];
      return members.some(({ address, isUp }) => address === target.address && isUp === false);
    });
    await target.must("systemctl", "start", "upkeep-server.socket", "upkeep-server");
    await eventually("the control plane learns of it", async () => (await seen()).every(({ isUp }) => isUp === false));
  });

  test("an agent that starts anew tells how its pools stand", async () => {
    const [a] = all as [TestHost];
    await a.must("systemctl", "restart", "upkeep-agent");
    assert.equal((await a.upkeep("ban", "192.0.2.99")).code, 0);
    await eventually("all that it had to tell before has come", async () =>
      (await estate.control.upkeep("bans", "--host", "a")).stdout.includes("192.0.2.99"),
    );
    assert.equal((await seen()).length, 3);
    assert.ok((await seen()).every(({ host }) => host !== ""));
  });

  test("an address that nobody reaches is down for all, and drained for all with one word", async () => {
    const { stdout, code } = await estate.control.upkeep(
      "pool",
      "drain",
      "www.example.com",
      "192.0.2.1",
      "--for",
      "1h",
    );
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^a: 192\.0\.2\.1 of www\.example\.com is out until/m);
    await eventually(
      "all say so",
      async () =>
        (await estate.control.upkeep("pool", "status")).stdout.match(/192\.0\.2\.1 .*out until/g)?.length === 3,
    );
  });
});
