import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { openLab } from "../../lab/lab.ts";

/** At as many requests as the server can answer: `npm run chaos`. */
const applies = 50;

for (const server of ["apache", "nginx"] as const) {
  describe(`${server} with visitors`, () => {
    test(`${applies} applies in a row drop no request`, async (t) => {
      const lab = await openLab({ web1: server === "apache" ? "apache2" : "nginx" });
      t.after(() => lab.close());
      const web = lab.hosts.web1;
      const site = (name: string, version: number) =>
        `kind: Site\nname: ${name}\nspec: {user: load, headers: {X-Version: "${version}"}}\n`;
      assert.equal((await web.apply(site("steady.example.com", 0))).code, 0);
      const visitors = web.exec([
        "/opt/upkeep/node_modules/.bin/node",
        "/opt/upkeep/test/lab/load/visitors.ts",
        "steady.example.com",
      ]);
      for (let version = 1; version <= applies; version++) {
        const { code, stdout, stderr } = await web.apply(site("changing.example.com", version));
        assert.equal(code, 0, `${stdout}${stderr}`);
      }
      await web.must("pkill", "-INT", "--full", "load/visitors.ts");
      const { stdout, stderr } = await visitors;
      const { requests, faults } = JSON.parse(stdout || `{"faults": [${JSON.stringify(stderr)}]}`) as {
        requests: number;
        faults: string[];
      };
      t.diagnostic(`${requests.toLocaleString("en")} requests during ${applies} applies`);
      assert.deepEqual(faults, []);
      // Enough for some to be under way in each reload, on a slow machine, too.
      assert.ok(requests > 20 * applies, `there were only ${requests} requests`);
      assert.equal((await web.ask("http://changing.example.com/")).headers["x-version"], String(applies));
    });
  });
}
