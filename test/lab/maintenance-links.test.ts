import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Lab, openLab, type TestHost } from "../../lab/lab.ts";
import { eventually } from "./estate/estate.ts";

const origin = "https://app.example.com";

/** Says what it is asked for, and what it is told besides. */
const app = `
import { createServer } from "node:http";
createServer((request, response) => response.end("app " + JSON.stringify([request.url, request.headers]))).listen(9000, "127.0.0.1");
`;

for (const server of ["apache", "nginx"] as const)
  describe(`a link into a site on ${server} that passes everything on, over https`, () => {
    let lab: Lab<"web1">;
    let web: TestHost;
    before(async () => {
      lab = await openLab({ web1: "none" });
      web = lab.hosts.web1;
      web.write("/root/app.mjs", app);
      await web.must("systemd-run", "--quiet", "--unit=app", "/opt/upkeep/node_modules/.bin/node", "/root/app.mjs");
      await web.answers(9000);
      const [key, certificate] = ["/etc/ssl/app.key", "/etc/ssl/app.pem"];
      const request = ["-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=app.example.com", "-days", "30"];
      await web.must("openssl", "req", ...request, "-keyout", key, "-out", certificate);
      const { code, stdout, stderr } = await web.apply(
        `kind: Site\nname: app.example.com\nspec: {server: ${server}, proxy: "http://127.0.0.1:9000", tls: {certificate: ${certificate}, key: ${key}}}\n`,
      );
      assert.equal(code, 0, stdout.slice(-1000) + stderr);
    });
    after(() => lab.close());

    const ask = (path: string, cookie?: string) =>
      web.ask(`${origin}${path}`, { args: ["--insecure"], ...(cookie !== undefined && { headers: { cookie } }) });
    const linkTo = async () => {
      const { code, stdout, stderr } = await web.upkeep("maintenance", "link", "app.example.com");
      assert.equal(code, 0, stdout + stderr);
      return /\/\.maintenance\/\S+/.exec(stdout)![0];
    };

    test("lets the browser in, with a cookie for https alone, and is not passed on", async () => {
      assert.equal((await web.upkeep("maintenance", "on", "app.example.com", "--secret")).code, 0);
      const link = await linkTo();
      const { status, headers, body } = await ask(link);
      assert.deepEqual([status, headers.location, body], [303, "/", ""]);
      assert.match(headers["set-cookie"]!, /; Secure$/);
      assert.match((await ask("/", headers["set-cookie"]!.split(";")[0])).body, /^app \["\/",/);
      assert.equal((await ask(link)).status, 503);
    });

    test("keeps everyone out while nobody keeps the door, and is good once somebody does", async () => {
      const link = await linkTo();
      await web.must("systemctl", "stop", "upkeep-door");
      const { status, body } = await ask(link);
      assert.equal(status, 503);
      assert.doesNotMatch(body, /^app/);
      assert.equal((await web.upkeep("apply")).code, 0);
      // It is there a moment after it has been started.
      await eventually("the door is kept", async () => (await ask(link)).status === 303);
    });

    test("goes with the maintenance, without a word about it", async () => {
      await linkTo();
      const { code, stdout } = await web.upkeep("delete", "Maintenance", "app.example.com");
      assert.equal(code, 0, stdout);
      assert.doesNotMatch(stdout, /Left alone/);
      assert.equal((await web.exec(["ls", "/var/lib/upkeep-maintenance"])).stdout, "");
      assert.equal((await web.exec(["systemctl", "is-active", "upkeep-door"])).stdout.trim(), "inactive");
      assert.match((await ask("/")).body, /^app/);
    });
  });
