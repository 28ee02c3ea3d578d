import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { openLab } from "../../lab/lab.ts";
import { servers } from "./maintenance/servers.ts";

const switches = 5;

describe("switching under load", () => {
  for (const { name, server, port, prepare } of Object.values(servers)) {
    test(`${name}: ${switches} times on and off, and nobody sees anything but the site or its page`, async (t) => {
      const lab = await openLab({ web1: "none" });
      t.after(() => lab.close());
      const web = lab.hosts.web1;
      await prepare(web);
      const spec = `kind: Maintenance\nname: relaunch\nspec: {sites: [shop.example.com]${server ? `, server: ${server}` : ""}}\n`;
      assert.equal((await web.apply(spec)).code, 0);
      // A connection for each request, and time for each answer: see the load test of sites.
      const load = web.exec([
        "wrk",
        "--threads",
        "1",
        "--connections",
        "8",
        "--duration",
        "600",
        "--timeout",
        "60",
        "--header",
        "Host: shop.example.com",
        "--header",
        "Connection: close",
        `http://127.0.0.1:${port}/`,
      ]);
      await web.must("mkfifo", "/root/stop");
      const crawler = web.exec([
        "sh",
        "-c",
        `/opt/upkeep/node_modules/.bin/node /opt/upkeep/test/lab/maintenance/crawler.ts ${port} </root/stop`,
      ]);
      const stop = web.exec(["sh", "-c", "exec >/root/stop; until test -e /root/enough; do sleep 0.1; done"]);
      for (let round = 0; round < switches; round++) {
        for (const args of [
          ["on", "relaunch", "--message", `We are working on it, round ${round}`],
          ["off", "relaunch"],
        ]) {
          const { code, stdout, stderr } = await web.upkeep("maintenance", ...args);
          assert.equal(code, 0, stdout + stderr);
        }
      }
      web.write("/root/enough", "");
      await stop;
      await web.must("pkill", "-INT", "wrk");
      const { stdout, stderr } = await crawler;
      const seen = JSON.parse(stdout || `{"faults": [${JSON.stringify(stderr)}]}`) as {
        real: number;
        maintenance: number;
        faults: string[];
      };
      const report = (await load).stdout;
      t.diagnostic(
        `${/(\d+) requests in/.exec(report)?.[1]} requests of wrk; the crawler saw ${seen.real} times the site, ${seen.maintenance} times the page`,
      );
      assert.deepEqual(seen.faults, []);
      assert.doesNotMatch(report, /Socket errors/, report);
      assert.ok(seen.real > 100 && seen.maintenance > 100, JSON.stringify(seen));
    });
  }
});
