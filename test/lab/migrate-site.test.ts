import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { repositoryInHost } from "../../lab/directory.ts";
import type { Lab, TestHost } from "../../lab/lab.ts";
import { type Names, openWorld, sql } from "./migrate-site/world.ts";

let lab: Lab<Names>;
let old1: TestHost;
let new1: TestHost;
let visitor: TestHost;

before(async () => {
  lab = await openWorld({ uploads: 40, posts: 2_000 });
  ({ old1, new1, visitor } = lab.hosts);
});
after(() => lab?.close());

const node = `${repositoryInHost}/node_modules/.bin/node`;
const visit = (address: string, stop: string) =>
  visitor.exec([node, `${repositoryInHost}/test/lab/migrate-site/visit.mjs`, address, stop]);

const run = (...args: string[]) =>
  new1.upkeep(
    "run",
    "migrate-site",
    "--site",
    "shop.example.com,app.example.com",
    "--from",
    `root@${old1.address}`,
    ...args,
  );

describe("two sites", () => {
  test("are looked at first, and what would be done", async () => {
    const { code, stdout, stderr } = await run("--plan");
    console.log(stdout, stderr);
    assert.equal(code, 0);
  });

  test("move while people visit and write", async () => {
    const visiting = visit(old1.address, "/root/enough");
    const quick = ["--watch", "3s", "--back", "2s", "--proxy", "4s"];
    const { code, stdout, stderr } = await run(...quick, "--address", new1.address);
    console.log(code, stdout, stderr);
    console.log((await new1.upkeep("runs", "show", "1")).stdout);
    await new1.upkeep("runs", "continue", "1");
    console.log((await new1.upkeep("runs", "report", "1")).stdout);
    visitor.write("/root/enough", "");
    const seen = JSON.parse((await visiting).stdout);
    console.log(seen.answers, seen.failures.slice(0, 10), seen.closed);
    const comments = (await sql(new1, "mariadb", "shop", "SELECT comment_content FROM wp_comments")).split("\n");
    const lost = seen.written.shop.filter((each: string) => !comments.includes(each));
    console.log(
      lost,
      seen.written.shop.length,
      lost.map((each: string) => seen.written.shop.indexOf(each)),
    );
    const old = (await sql(old1, "mariadb", "shop", "SELECT comment_content FROM wp_comments")).split("\n");
    console.log(
      lost.map((each: string) => old.includes(each)),
      old.length,
      comments.length,
    );
  });
});
