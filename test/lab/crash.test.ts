import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Lab, openLab } from "../../lab/lab.ts";

const full = (page: string) => `kind: Site
name: victim.example.com
spec:
  aliases: [www.victim.example.com, "*.victim.example.com"]
  cgi: true
  php: true
  errorPages: {404: ${page}}
  basicAuth: {users: {alice: "$2b$10$C6UzMDM.H6dfI/f/IKcEeO5a8r6Zz6b0q0x8pRr5JwP4p0rj3m2uK"}}
`;

/** What is killed at each of its effects, and what leads back to where it started. */
const cases = {
  create: {
    act: { yaml: full("/a.html") },
    // What a deletion leaves to people goes too, so that the account and the directories are new each time.
    reset: [
      { remove: "Site/victim.example.com" },
      { run: ["rm", "-rf", "/home/victim-example-com"] },
      { run: ["userdel", "victim-example-com"] },
      { run: ["groupdel", "victim-example-com"] },
    ],
    first: undefined,
  },
  update: { act: { yaml: full("/b.html") }, reset: [{ yaml: full("/a.html") }], first: full("/a.html") },
  delete: { act: { remove: "Site/victim.example.com" }, reset: [{ yaml: full("/a.html") }], first: full("/a.html") },
} as const;

interface Point {
  readonly point: number;
  readonly effect: string;
  readonly outcome: string;
  readonly knows: boolean;
  readonly neighbour: number;
  readonly difference?: string;
}

describe("killed anywhere, a host is wholly before or wholly after, and knows which", { concurrency: 2 }, () => {
  let lab: Lab<"create" | "update" | "delete">;
  before(async () => {
    lab = await openLab({ create: "apache2", update: "apache2", delete: "apache2" });
  });
  after(() => lab.close());

  for (const [verb, { act, reset, first }] of Object.entries(cases)) {
    test(verb, async (t) => {
      const host = lab.hosts[verb as keyof typeof cases];
      assert.equal((await host.apply("kind: Site\nname: neighbour.example.com\n")).code, 0);
      if (first) assert.equal((await host.apply(first)).code, 0);
      const input = JSON.stringify({ act, reset });
      const { code, stdout, stderr } = await host.exec([
        "/opt/upkeep/node_modules/.bin/node",
        "--disable-warning=ExperimentalWarning",
        "/opt/upkeep/test/lab/crash/driver.ts",
        input,
      ]);
      assert.equal(code, 0, stderr);
      const points = JSON.parse(stdout) as Point[];
      const torn = points.filter(({ outcome }) => outcome === "between");
      assert.deepEqual(torn, []);
      assert.deepEqual(
        points.filter(({ knows }) => !knows),
        [],
        "the records must say what the host is",
      );
      assert.deepEqual(
        points.filter(({ neighbour }) => neighbour !== 200),
        [],
        "the neighbour must go on answering",
      );
      const count = (outcome: string) => points.filter((each) => each.outcome === outcome).length;
      t.diagnostic(
        `${verb}: killed at ${points.length} points; ${count("before")} came out before, ${count("after")} after`,
      );
      assert.ok(count("before") > 10 && count("after") > 3, "both sides must have been seen");
    });
  }
});
