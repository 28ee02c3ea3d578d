import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { openLab } from "../../lab/lab.ts";

/*
 * As many requests as the server can answer: some minutes on two cores that have nothing else to do. In the tests of every
 * change are fewer visitors, see `test/lab/load.test.ts`.
 */

const applies = 50;

for (const server of ["apache", "nginx"] as const) {
  describe(`${server} under load`, () => {
    test(`${applies} applies in a row drop no request`, async (t) => {
      const lab = await openLab({ web1: server === "apache" ? "apache2" : "nginx" });
      t.after(() => lab.close());
      const web = lab.hosts.web1;
      const site = (name: string, version: number) =>
        `kind: Site\nname: ${name}\nspec: {user: load, headers: {X-Version: "${version}"}}\n`;
      assert.equal((await web.apply(site("steady.example.com", 0))).code, 0);
      // A connection for each request: one that is kept open may be closed while it is idle, reload or not, and every
      // client then asks again (RFC 9112, 9.3.1); wrk does not, and would count it as an error.
      // Runs for as long as the applies take; ended by SIGINT it prints what it has seen. Slow is not lost: what a busy
      // machine answers after wrk's usual two seconds still counts.
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
        "Host: steady.example.com",
        "--header",
        "Connection: close",
        "http://127.0.0.1:80/",
      ]);
      for (let version = 1; version <= applies; version++) {
        const { code, stdout, stderr } = await web.apply(site("changing.example.com", version));
        assert.equal(code, 0, `${stdout}${stderr}`);
      }
      await web.must("pkill", "-INT", "wrk");
      const { stdout } = await load;
      const requests = Number(/(\d+) requests in/.exec(stdout)?.[1]);
      const rate = Number(/Requests\/sec: +([\d.]+)/.exec(stdout)?.[1]);
      t.diagnostic(
        `${requests.toLocaleString("en")} requests, ${Math.round(rate).toLocaleString("en")} a second, during ${applies} applies`,
      );
      // As many as a slow machine answers, too, and enough for some to be under way in each reload.
      assert.ok(requests > 20 * applies, `the load was only ${requests} requests`);
      assert.doesNotMatch(stdout, /Socket errors|Non-2xx/, stdout);
      assert.equal((await web.ask("http://changing.example.com/")).headers["x-version"], String(applies));
    });
  });
}
