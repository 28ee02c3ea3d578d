import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Lab } from "../../lab/lab.ts";
import { labRelease } from "../../lab/releases.ts";
import type { RunRecord } from "../../src/model/run.ts";
import { eventually } from "./estate/estate.ts";
import { migrate, newestRun, nothingIsLost, servedFrom, unhurried, visiting } from "./migrate-site/moves.ts";
import { type Names, openWorld, sql } from "./migrate-site/world.ts";

const [older, newer] = [labRelease("bookworm"), labRelease("trixie")];

type Rows = (hosts: Lab<Names>["hosts"], host: "old1" | "new1") => Promise<string>;

const shopRows: Rows = (hosts, host) =>
  sql(hosts[host], "mariadb", "shop", "SELECT COUNT(*), SUM(CRC32(data)) FROM wp_blobs");
const appRows: Rows = (hosts, host) =>
  sql(hosts[host], "postgres", "app", "SELECT count(*), sum(length(name)) FROM owners");

const hasRested = (run: RunRecord | undefined) => run?.awaits?.for === "time" || run?.state === "undone";

const cases = [
  { from: older, to: newer, options: [], only: "", rows: [shopRows, appRows] },
  { from: newer, to: older, options: ["--site=shop.example.com"], only: "shop", rows: [shopRows] },
] as const;

for (const { from, to, options, only, rows } of cases)
  describe(`from ${from.name} to ${to.name}, sites with their databases`, () => {
    let lab: Lab<Names>;
    let hosts: Lab<Names>["hosts"];
    before(async () => {
      lab = await openWorld({ uploads: 3, posts: 300 }, { old1: from, new1: to });
      ({ hosts } = lab);
    });
    after(() => lab?.close());

    if (from === newer)
      test("are not begun with where an older PostgreSQL would have to read what a newer one has written", async () => {
        const { code, stderr } = await migrate(hosts);
        assert.equal(code, 1);
        assert.match(stderr, /PostgreSQL 17 there, 15 here: an older one cannot read a newer one/);
        assert.equal(await newestRun(hosts.new1), undefined);
      });

    test("move while people visit and write, and nothing is lost", async () => {
      const before = await Promise.all(rows.map((each) => each(hosts, "old1")));
      const enough = visiting(hosts, only, unhurried);
      const { stdout, stderr } = await migrate(hosts, "--watch=2s", "--back=1h", ...options);
      assert.match(stderr, /Run 1 goes on by itself now/, stdout);
      await eventually("it comes to rest", async () => hasRested(await newestRun(hosts.new1)), 120_000);
      const seen = await enough();
      assert.equal((await newestRun(hosts.new1))?.problem, undefined);
      assert.deepEqual(seen.failures, []);
      await servedFrom(hosts, "new1", only);
      await nothingIsLost(hosts.new1, seen);
      assert.deepEqual(await Promise.all(rows.map((each) => each(hosts, "new1"))), before);
    });

    test("go back to where they were, with all that was written meanwhile", async () => {
      assert.equal((await newestRun(hosts.new1))?.awaits?.for, "time");
      const enough = visiting(hosts, only, unhurried);
      const { stdout, stderr } = await hosts.new1.upkeep("runs", "undo", "1");
      const seen = await enough();
      assert.equal((await newestRun(hosts.new1))?.state, "undone", stdout + stderr);
      assert.deepEqual(seen.failures, []);
      await servedFrom(hosts, "old1", only);
      await nothingIsLost(hosts.old1, seen);
    });
  });
