import assert from "node:assert/strict";
import { test } from "node:test";
import { openLab } from "../../lab/lab.ts";
import { awaitHosts, eventually } from "./estate/estate.ts";

const site = (version: string) =>
  `kind: Site\nname: shop.example.com\nspec: {user: alice, headers: {X-Version: ${version}}}\n`;

test("a machine that has looked after itself becomes its own first host, and nobody notices", async (t) => {
  const lab = await openLab({ web1: "apache2" });
  t.after(() => lab.close());
  const { web1 } = lab.hosts;
  const elsewhere = await web1.apply(site("zero").replace("spec:", "host: web1\nspec:"));
  assert.equal(elsewhere.code, 1);
  assert.match(elsewhere.stderr, /host: these records are of this machine alone; leave it out/);
  assert.equal((await web1.apply(site("one"))).code, 0);
  const generations = (await web1.upkeep("history", "--json")).stdout;
  const master = await web1.must("cat", "/run/apache2/apache2.pid");

  const installed = await web1.upkeep("install", "server");
  assert.equal(installed.code, 0, installed.stdout + installed.stderr);
  assert.match(installed.stderr, /moved this machine's records/);
  assert.equal((await web1.upkeep("install", "agent")).code, 0);
  await awaitHosts(web1, ["web1"]);
  await eventually("its site is there as it was", async () =>
    /Site\/shop\.example\.com +web1 +Applied/.test((await web1.upkeep("get")).stdout),
  );
  await web1.must("systemctl", "stop", "upkeep-server.socket", "upkeep-server");
  assert.equal((await web1.upkeep("history", "--json")).stdout, generations, "nothing was carried out again");
  assert.equal(await web1.must("cat", "/run/apache2/apache2.pid"), master);

  // Without the control plane, what is here can be looked at, and who wants to change it is told where.
  assert.match((await web1.upkeep("get", "-o", "yaml")).stdout, /shop\.example\.com/);
  const refused = await web1.apply(site("two"));
  assert.equal(refused.code, 1);
  assert.match(
    refused.stderr,
    /its records are with the control plane; ask there, or start it here: systemctl start upkeep-server/,
  );
  await web1.must("systemctl", "start", "upkeep-server.socket", "upkeep-server");
  const applied = await web1.apply(site("two"));
  assert.equal(applied.code, 0, applied.stdout + applied.stderr);
  assert.equal((await web1.ask("http://shop.example.com/")).headers["x-version"], "two");
  assert.match((await web1.upkeep("history")).stdout, /root: apply -/);
  assert.match((await web1.upkeep("history", "--verify")).stdout, /The audit log is whole/);

  // Who is not of the group may not even knock; who is, is known by name.
  await web1.must("useradd", "carol");
  const carol = await web1.exec(["runuser", "-u", "carol", "--", "/opt/upkeep/upkeep", "status"]);
  assert.equal(carol.code, 1);
  assert.match(carol.stderr, /you may not talk to the control plane .*; root may, and who is in the group upkeep/);
  await web1.must("useradd", "--groups", "upkeep", "dave");
  const dave = await web1.exec(["runuser", "-u", "dave", "--", "/opt/upkeep/upkeep", "apply", "-"], site("three"));
  assert.equal(dave.code, 0, dave.stdout + dave.stderr);
  assert.equal((await web1.ask("http://shop.example.com/")).headers["x-version"], "three");
  assert.match((await web1.upkeep("history", "-n", "1")).stdout, /dave: apply -/);
  const agent = await web1.exec([
    ...["runuser", "-u", "dave", "--", "/opt/upkeep/node_modules/.bin/node"],
    ...["--disable-warning=ExperimentalWarning", "/opt/upkeep/test/lab/estate/pretend.ts"],
  ] as unknown as [string, ...string[]]);
  assert.match(agent.stdout, /only root is an agent/);
});
