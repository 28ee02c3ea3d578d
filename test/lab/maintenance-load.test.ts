import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { openLab } from "../../lab/lab.ts";
import { servers } from "./maintenance/servers.ts";

const switches = 5;

describe("switching before visitors' eyes", () => {
  for (const { name, server, port, prepare } of Object.values(servers)) {
    test(`${name}: ${switches} times on and off, and nobody sees anything but the site or its page`, async (t) => {
      const lab = await openLab({ web1: "none" });
      t.after(() => lab.close());
      const web = lab.hosts.web1;
      await prepare(web);
      const spec = `kind: Maintenance\nname: relaunch\nspec: {sites: [shop.example.com]${server ? `, server: ${server}` : ""}}\n`;
      assert.equal((await web.apply(spec)).code, 0);
      const crawler = web.exec([
        "/opt/upkeep/node_modules/.bin/node",
        "/opt/upkeep/test/lab/maintenance/crawler.ts",
        String(port),
      ]);
      for (let round = 0; round < switches; round++) {
        for (const args of [
          ["on", "relaunch", "--message", `We are working on it, round ${round}`],
          ["off", "relaunch"],
        ]) {
          const { code, stdout, stderr } = await web.upkeep("maintenance", ...args);
          assert.equal(code, 0, stdout + stderr);
        }
      }
      await web.must("pkill", "-INT", "--full", "maintenance/crawler.ts");
      const { stdout, stderr } = await crawler;
      const seen = JSON.parse(stdout || `{"faults": [${JSON.stringify(stderr)}]}`) as {
        real: number;
        maintenance: number;
        faults: string[];
      };
      t.diagnostic(`the crawler saw ${seen.real} times the site, ${seen.maintenance} times the page`);
      assert.deepEqual(seen.faults, []);
      assert.ok(seen.real > 100 && seen.maintenance > 100, JSON.stringify(seen));
    });
  }
});
