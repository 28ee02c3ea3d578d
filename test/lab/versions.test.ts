import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Lab, openLab, type TestHost } from "../../lab/lab.ts";
import { awaitHosts, eventually, joinHost } from "./estate/estate.ts";

const site = (name: string, spec: string) =>
  `kind: Site\nname: ${name}\nhosts: {labels: {role: web}}\nstrategy: {batch: 2}\nspec: {user: alice${spec}}\n`;

/** Makes of what is in /opt/upkeep another version in a directory of its own, by editing its sources. */
async function makeVersion(host: TestHost, version: string, ...edits: readonly (readonly [string, string])[]) {
  const directory = `/opt/${version}`;
  await host.must("mkdir", directory);
  const parts = ["upkeep", "package.json", "package-lock.json", "src", "lab", "build"];
  await host.must("cp", "-a", ...parts.map((part) => `/opt/upkeep/${part}`), directory);
  await host.must("ln", "-s", "/opt/upkeep/node_modules", `${directory}/node_modules`);
  await host.must("sed", "-i", `s/0\\.1\\.0/${version}/`, `${directory}/src/model/version.ts`);
  for (const [file, edit] of edits) await host.must("sed", "-i", edit, `${directory}/${file}`);
  return `${directory}/upkeep`;
}

const http3 = ["src/kinds/site/schema.ts", "/^  php: z$/i\\  http3: z.boolean().optional(),"] as const;

describe("hosts and control planes of other versions", () => {
  let lab: Lab<"control" | "web1" | "web2">;
  const next = "/opt/0.2.0/upkeep";
  before(async () => {
    lab = await openLab({ control: "none", web1: "apache2", web2: "apache2" });
    const { control, web1, web2 } = lab.hosts;
    await Promise.all([control, web1, web2].map((host) => makeVersion(host, "0.2.0", http3)));
    await control.must(next, "install", "server", "--listen", `${control.address}:4222`);
    for (const name of ["web1", "web2"]) await control.must(next, "host", "add", name, "role=web");
    await joinHost(control, web1);
    await joinHost(control, web2, next);
    await awaitHosts(control, ["web1", "web2"]);
  });
  after(() => lab?.close());

  const apply = (upkeep: string, yaml: string) => lab.hosts.control.exec([upkeep, "apply", "-"], yaml);
  const version = async (host: TestHost) => (await host.ask("http://plain.example.com/")).headers["x-version"];
  const workers = async (host: TestHost) =>
    host.must("pgrep", "-P", (await host.must("cat", "/run/apache2/apache2.pid")).trim());

  test("what an older host does not know is a condition there, and everything else goes on", async () => {
    const { control, web1, web2 } = lab.hosts;
    const yaml = [site("plain.example.com", ", headers: {X-Version: one}"), site("new.example.com", ", http3: true")];
    const { code, stdout, stderr } = await apply(next, yaml.join("---\n"));
    assert.notEqual(code, 0, stdout + stderr);
    const { stdout: status } = await control.upkeep("status");
    assert.match(status, /web1 +now +0\.1\.0 /);
    assert.match(status, /web2 +now +0\.2\.0 /);
    assert.match(
      status,
      /Failed Site\/new\.example\.com on web1\n {2}this host runs Upkeep 0\.1\.0, which does not know spec\.http3/,
    );
    for (const web of [web1, web2]) assert.equal(await version(web), "one");
  });

  test("once it is upgraded, it is there as well; and an upgrade by itself reloads nothing", async () => {
    const { control, web1, web2 } = lab.hosts;
    await web1.must(next, "install", "agent");
    await eventually("everything is applied", async () => {
      const { stdout } = await control.upkeep("status", "--json");
      const { troubles, pending } = JSON.parse(stdout) as { troubles: unknown[]; pending: unknown[] };
      return troubles.length + pending.length === 0;
    });
    assert.equal((await web1.ask("http://new.example.com/")).status, 200);

    const before = await workers(web2);
    const third = await makeVersion(web2, "0.3.0", http3, ["src/daemons/index.ts", "1i // Another digest."]);
    await web2.must(third, "install", "agent");
    await eventually("web2 runs 0.3.0, and has looked around", async () => {
      const { stdout } = await control.upkeep("status");
      return /web2 +now +0\.3\.0 .* 2 applied/.test(stdout);
    });
    assert.equal(await workers(web2), before);
  });

  test("a control plane that is older than its hosts goes on; what it does not know is left as it is", async () => {
    const { control, web1, web2 } = lab.hosts;
    await control.must("/opt/upkeep/upkeep", "install", "server");
    await awaitHosts(control, ["web1", "web2"]);
    const { code, stdout, stderr } = await apply(
      "/opt/upkeep/upkeep",
      site("plain.example.com", ", headers: {X-Version: two}"),
    );
    assert.equal(code, 0, stdout + stderr);
    for (const web of [web1, web2]) {
      assert.equal(await version(web), "two");
      assert.equal((await web.ask("http://new.example.com/")).status, 200);
    }
    assert.match((await control.upkeep("get", "Site", "new.example.com")).stdout, /http3: true/);
  });
});
