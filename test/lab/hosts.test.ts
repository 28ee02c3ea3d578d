import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { TestHost } from "../../lab/lab.ts";
import { localHost } from "../../src/host/local.ts";
import { agedCertificate } from "./aged-certificate.ts";
import { eventually, openEstate, type TestEstate } from "./estate/estate.ts";

const site = (name: string, spec: string, where = "hosts: {labels: {role: web}}") =>
  `kind: Site\nname: ${name}\n${where}\nspec: {user: alice, ${spec}}\n`;

describe("an estate of several hosts", () => {
  let estate: TestEstate<"web1" | "web2", "spare" | "late">;
  before(async () => {
    estate = await openEstate(["web1", "web2"], { machines: ["spare", "late"] });
  });
  after(() => estate?.close());

  test("a site stated by labels is served by every host that has them, one after the other", async () => {
    const { control, hosts } = estate;
    const { code, stdout, stderr } = await control.apply(site("shop.example.com", "headers: {X-Version: one}"));
    assert.equal(code, 0, stdout + stderr);
    for (const name of ["web1", "web2"] as const) {
      assert.match(stdout, new RegExp(`^${name}  Done\\. Generation 1 is live\\.$`, "m"));
      assert.equal((await hosts[name].ask("http://shop.example.com/")).headers["x-version"], "one");
    }
  });

  test("a site stated for one host is served there alone", async () => {
    const { control, hosts } = estate;
    const { code, stdout } = await control.apply(site("one.example.com", "php: false", "host: web2"));
    assert.equal(code, 0, stdout);
    assert.equal((await hosts.web2.ask("http://one.example.com/")).status, 200);
    const names = (await hosts.web1.upkeep("get", "--json")).stdout;
    assert.doesNotMatch(names, /one\.example\.com/);
  });

  test("what is stated for another host moves there", async () => {
    const { control, hosts } = estate;
    assert.equal((await control.apply(site("one.example.com", "php: false", "host: web1"))).code, 0);
    assert.equal((await hosts.web1.ask("http://one.example.com/")).status, 200);
    const left = await hosts.web2.exec(["ls", "/etc/apache2/upkeep"]);
    assert.doesNotMatch(left.stdout, /one\.example\.com/);
  });

  test("the plan shows every host and changes none", async () => {
    const { control, hosts } = estate;
    control.write("/root/plan.yaml", site("shop.example.com", "headers: {X-Version: planned}"));
    const { code, stdout } = await control.upkeep("plan", "/root/plan.yaml");
    assert.equal(code, 2);
    assert.match(stdout, /^web1:$/m);
    assert.match(stdout, /^web2:$/m);
    assert.equal(stdout.match(/\+ {4}Header always set X-Version planned/g)?.length, 2);
    assert.equal((await hosts.web1.ask("http://shop.example.com/")).headers["x-version"], "one");
  });

  test("a plan that is larger than the bus's messages is shown whole", async () => {
    const many = Array.from({ length: 3_000 }, (_, index) => site(`many${index}.example.com`, "", "host: web1"));
    estate.control.write("/root/many.yaml", many.join("---\n"));
    const { code, stdout, stderr } = await estate.control.upkeep("plan", "/root/many.yaml", "--json");
    assert.equal(code, 2, stderr);
    assert.ok(stdout.length > 8 << 20);
    assert.match(stdout, /many2999\.example\.com\.conf/);
  });

  test("a host that is not there is told of, and one that has no such label", async () => {
    const { control } = estate;
    const unknown = await control.apply(site("x.example.com", "php: false", "host: web3"));
    assert.equal(unknown.code, 1);
    assert.match(
      unknown.stderr,
      /\(standard input\):3:7: Site\/x\.example\.com: host: there is no host web3; did you mean "web1"/,
    );
    const none = await control.apply(site("x.example.com", "php: false", "hosts: {labels: {role: mail}}"));
    assert.equal(none.code, 1);
    assert.match(none.stderr, /hosts: no host has these labels/);
    const nowhere = await control.apply(site("x.example.com", "php: false", ""));
    assert.equal(nowhere.code, 1);
    assert.match(nowhere.stderr, /say on which host it should be/);
  });

  test("the first host that fails stops the change, and the rest is left as it was", async () => {
    const { control, hosts } = estate;
    const broken = site("shop.example.com", 'headers: {X-Version: broken}, custom: ["Redirect 500 /"]');
    const { code, stdout } = await control.apply(broken);
    assert.equal(code, 1, stdout);
    assert.match(stdout, /^web1 {2}Failed\.$/m);
    assert.match(stdout, /^web2 {2}Left as it was: Site\/shop\.example\.com failed on web1/m);
    for (const host of [hosts.web1, hosts.web2])
      assert.equal((await host.ask("http://shop.example.com/")).headers["x-version"], "one");
    assert.match((await control.upkeep("status")).stdout, /Held back Site\/shop\.example\.com on web2/);
    const mended = await control.apply(site("shop.example.com", "headers: {X-Version: two}"));
    assert.equal(mended.code, 0, mended.stdout);
    for (const host of [hosts.web1, hosts.web2])
      assert.equal((await host.ask("http://shop.example.com/")).headers["x-version"], "two");
  });

  test("what the host's own policy forbids is a condition, in plain words", async () => {
    const { control, hosts } = estate;
    hosts.web2.write("/etc/upkeep/policy.yaml", "custom: false\n");
    const custom = site("own.example.com", 'custom: ["# mine"]', "host: web2");
    const { code, stdout } = await control.apply(custom);
    assert.equal(code, 1);
    assert.match(
      stdout,
      /Site\/own\.example\.com: .*a raw server line is not allowed on this host \(`custom` in \/etc\/upkeep\/policy\.yaml\)/,
    );
    hosts.web2.write("/etc/upkeep/policy.yaml", "custom: true\n");
    await eventually("it is carried out once it is allowed", async () =>
      /own\.example\.com +web2 +Applied/.test((await control.upkeep("get")).stdout),
    );
  });

  test("a host carries out what belongs to its tenants, and says so of what does not", async () => {
    const { control, hosts } = estate;
    hosts.web2.write("/etc/upkeep/policy.yaml", "tenants: [acme]\n");
    const ofTenant = (name: string, tenant: string) =>
      `kind: Site\nname: ${name}\nhost: web2\ntenant: ${tenant}\nspec: {user: alice}\n`;
    const { code, stdout } = await control.apply(
      `${ofTenant("acme.example.com", "acme")}---\n${ofTenant("evil.example.com", "evil")}`,
    );
    assert.equal(code, 1, stdout);
    assert.match(
      stdout,
      /Site\/evil\.example\.com: .*what belongs to the tenant evil is not allowed on this host \(`tenants` in/,
    );
    assert.match((await control.upkeep("get")).stdout, /acme\.example\.com +web2 +Applied/);
    assert.match((await control.upkeep("get", "Site", "acme.example.com")).stdout, /^tenant: acme$/m);
    hosts.web2.write("/etc/upkeep/policy.yaml", "custom: true\n");
    assert.equal((await control.upkeep("delete", "Site", "acme.example.com", "evil.example.com")).code, 0);
  });

  test("a host tells by itself how busy it is, and how much its tenants' sites hold", async () => {
    const { control, hosts } = estate;
    const impatient = await hosts.web2.must("cat", "/etc/upkeep/host.yaml");
    hosts.web2.write("/etc/upkeep/host.yaml", "agent: {everySeconds: 1, measureSeconds: 1}\n");
    await hosts.web2.must("systemctl", "restart", "upkeep-agent");
    assert.equal((await control.upkeep("tenant", "set", "acme", "--quota", "disk=100")).code, 0);
    const site = "kind: Site\nname: big.example.com\nhost: web2\ntenant: acme\nspec: {user: big}\n";
    const { code, stdout, stderr } = await control.apply(site);
    assert.equal(code, 0, stdout + stderr);
    const pages = "/home/big/big.example.com/htdocs";
    const fill = (file: string, megabytes: number) =>
      hosts.web2.must("dd", "if=/dev/urandom", `of=${pages}/${file}`, "bs=1M", `count=${megabytes}`);
    // What is mounted there is not in the site.
    await hosts.web2.must("mkdir", `${pages}/else where`);
    await hosts.web2.must("mount", "-t", "tmpfs", "tmpfs", `${pages}/else where`);
    await fill("else where/big", 9);
    await fill("big", 7);
    const disk = async () =>
      Number(/disk: (\d+) of 100/.exec((await control.upkeep("tenant", "show", "acme")).stdout)?.[1]);
    await eventually("what it holds is known", async () => (await disk()) >= 7);
    assert.ok((await disk()) < 10);
    await eventually("so is how busy it is", async () => {
      const all = JSON.parse((await control.upkeep("host", "list", "--json")).stdout) as {
        readonly name: string;
        readonly state?: { readonly load?: number };
      }[];
      return typeof all.find(({ name }) => name === "web2")?.state?.load === "number";
    });
    await hosts.web2.must("umount", `${pages}/else where`);
    assert.equal((await control.upkeep("delete", "Site", "big.example.com")).code, 0);
    hosts.web2.write("/etc/upkeep/host.yaml", impatient);
    await hosts.web2.must("systemctl", "restart", "upkeep-agent");
  });

  test("a certificate that ends soon is told at once, once, and again when it is very near its end", async () => {
    const { control, hosts } = estate;
    const made = (daysLeft: number) =>
      agedCertificate(hosts.web1, { stem: "/etc/ssl/tls", name: "tls.example.com", daysLeft });
    const warnings = async () =>
      (await control.upkeep("events")).stdout
        .split("\n")
        .filter((line) => line.includes("tls.example.com: its certificate"));
    await made(13);
    const tls = site("tls.example.com", "tls: {certificate: /etc/ssl/tls.pem, key: /etc/ssl/tls.key}", "host: web1");
    control.write("/root/tls.yaml", tls);
    const ends = new Date(Date.now() + 13 * 86_400_000).toISOString().slice(0, 10);
    assert.match(
      (await control.upkeep("plan", "/root/tls.yaml")).stdout,
      new RegExp(`tls\\.example\\.com: the certificate /etc/ssl/tls\\.pem ends on ${ends}`),
    );
    assert.equal((await control.apply(tls)).code, 0);
    await eventually("it is told", async () => (await warnings()).length === 1);
    assert.match((await warnings())[0]!, new RegExp(`web1 .*its certificate /etc/ssl/tls\\.pem ends on ${ends}`));
    await hosts.web1.must("systemctl", "restart", "upkeep-agent");
    assert.equal((await control.apply(tls.replace("tls: {", "headers: {X-Version: again}, tls: {"))).code, 0);
    assert.equal((await warnings()).length, 1, "it has been told");
    await made(2);
    await hosts.web1.must("systemctl", "restart", "upkeep-agent");
    await eventually("it is told again", async () => (await warnings()).length === 2);
    assert.equal((await control.upkeep("delete", "Site", "tls.example.com")).code, 0);
  });

  test("a ban on one host holds on the others within a second, with the control plane down, which learns of it afterwards", async (context) => {
    const { control, hosts } = estate;
    const both = Object.values(hosts).filter((host) => host === hosts.web1 || host === hosts.web2);
    for (const host of both) host.write("/var/log/app.log", "");
    const { code, stdout } = await control.apply(
      "kind: Jail\nname: app\nhosts: {labels: {role: web}}\nspec: {filter: {failregex: ['^ bad <ADDR>$']}, logs: [/var/log/app.log], maxRetry: 2, everywhere: true}\n",
    );
    assert.equal(code, 0, stdout);
    const bans = async (host: TestHost) => (await host.upkeep("bans")).stdout;
    type Ban = { host: string; address: string; reason: string; evidence: string[] };
    const estateBans = async (...options: string[]): Promise<Ban[]> =>
      JSON.parse((await control.upkeep("bans", "--json", ...options)).stdout || "[]");
    await eventually("both guards run", async () => {
      const codes = await Promise.all(both.map((host) => host.upkeep("ban", "192.0.2.1")));
      return codes.every((each) => each.code === 0);
    });
    await eventually("the agents have found them, too, and tell of them", async () => {
      const seen = await estateBans();
      return ["web1", "web2"].every((name) => seen.some(({ host, reason }) => host === name && reason === "by hand"));
    });
    await control.must("systemctl", "stop", "upkeep-server.socket", "upkeep-server");
    const line = `${new Date().toISOString()} bad 192.0.2.66\n`;
    const began = performance.now();
    hosts.web1.write("/var/log/app.log", line + line);
    await eventually("the other host keeps them out", async () => (await bans(hosts.web2)).includes("192.0.2.66"));
    context.diagnostic(`after ${Math.round(performance.now() - began)} ms, as somebody sees it who asks all the time`);
    assert.match(await bans(hosts.web2), /192\.0\.2\.66 .*jail app on web1/);
    await hosts.web1.upkeep("unban", "192.0.2.1");
    await control.must("systemctl", "start", "upkeep-server.socket", "upkeep-server");

    // What happened meanwhile is told, with its reason and what it took; so is who was let in.
    await eventually("the control plane knows", async () => (await estateBans()).length === 3);
    const known = await estateBans();
    const shown = known.map((ban) => `${ban.host} ${ban.address} ${ban.reason}`).sort();
    assert.deepEqual(shown, ["web1 192.0.2.66 jail app", "web2 192.0.2.1 by hand", "web2 192.0.2.66 jail app on web1"]);
    assert.match(known.find(({ host }) => host === "web1")!.evidence[0]!, /bad 192\.0\.2\.66/);
    assert.deepEqual(
      (await estateBans("--host", "web1")).map(({ address }) => address),
      ["192.0.2.66"],
    );
    const events = (await control.upkeep("events", "--host", "web1")).stdout;
    assert.match(events, /web1 {2}live +generation \d+: root: apply/);
    assert.match(events, /web1 {2}banned +192\.0\.2\.66 for 10 min: jail app$/m);
    assert.match(events, /web1 {2}unbanned +192\.0\.2\.1$/m);
    assert.match((await hosts.web1.upkeep("events")).stdout, /unbanned +192\.0\.2\.1$/m);
    assert.match((await hosts.web1.upkeep("events", "--host", "web1")).stderr, /knows of itself alone/);
    const metrics = await control.must(
      "curl",
      "--silent",
      "--unix-socket",
      "/run/upkeep/upkeep.sock",
      "http://upkeep/metrics",
    );
    assert.match(metrics, /^upkeep_bans\{host="web2",jail="app"\} 1\nupkeep_bans\{host="web2",jail="by hand"\} 1$/m);
    assert.match(metrics, /^upkeep_resources\{host="web1",condition="Failed"\} 0$/m);
    assert.match(metrics, /^upkeep_last_event_timestamp_seconds\{host="web1",event="unbanned"\} \d+/m);
    const bansOf = (text: string) => text.split("\n").filter((line) => line.startsWith("upkeep_bans"));
    assert.deepEqual(bansOf((await control.upkeep("metrics")).stdout), bansOf(metrics));
    await hosts.web2.upkeep("unban", "192.0.2.66");
    await eventually("it hears of what happens", async () => (await estateBans("--host", "web2")).length === 1);
    await eventually("it answers again", async () => (await control.upkeep("delete", "Jail", "app")).code === 0);
  });

  test("with the control plane down, a file deleted by hand comes back", async () => {
    const { control, hosts } = estate;
    await control.must("systemctl", "stop", "upkeep-server.socket", "upkeep-server", "upkeep-nats");
    const path = "/etc/apache2/upkeep/shop.example.com.conf";
    await hosts.web1.must("rm", path);
    await eventually("the file is there again", async () => (await hosts.web1.exec(["test", "-e", path])).code === 0);
    // The machine with the records is no host: it must not become one by mistake.
    const refused = await control.apply(site("shop.example.com", "headers: {X-Version: elsewhere}"));
    assert.equal(refused.code, 1);
    assert.match(
      refused.stderr,
      /this machine's control plane does not run.*; start it: systemctl start upkeep-server/s,
    );
    assert.equal((await hosts.web1.ask("http://shop.example.com/")).headers["x-version"], "two");
    await control.must("systemctl", "start", "upkeep-nats", "upkeep-server.socket", "upkeep-server");
    await eventually(
      "it takes changes again",
      async () => (await control.apply(site("shop.example.com", "headers: {X-Version: three}"))).code === 0,
    );
    assert.equal((await hosts.web2.ask("http://shop.example.com/")).headers["x-version"], "three");
  });

  test("an edit by hand stays, is reported, and is kept when someone applies", async () => {
    const { control, hosts } = estate;
    const path = "/etc/apache2/upkeep/shop.example.com.conf";
    await hosts.web1.must("sed", "-i", "s/three/byhand/", path);
    await eventually("drift is reported", async () =>
      /Drifted Site\/shop\.example\.com on web1/.test((await control.upkeep("status")).stdout),
    );
    const { code, stdout } = await control.upkeep("apply");
    assert.equal(code, 0, stdout);
    assert.match(stdout, /kept: \/etc\/apache2\/upkeep\/shop\.example\.com\.conf was edited by hand/);
    assert.equal((await hosts.web1.ask("http://shop.example.com/")).headers["x-version"], "three");
  });

  const script = (name: string) =>
    ["/opt/upkeep/node_modules/.bin/node", `/opt/upkeep/test/lab/estate/${name}.ts`] as const;
  const put = (host: string, ...entries: object[]) =>
    estate.control.must(...script("put-desired"), host, ...entries.map((entry) => JSON.stringify(entry)));
  const entry = (ref: string, sequence: number, resource: object | null) => ({
    ref,
    sequence,
    revision: 1,
    resource,
    cause: "test",
    writer: "0.9.0",
  });

  test("what comes late, twice or in another order changes nothing", async () => {
    const { hosts } = estate;
    const old = { kind: "Site", name: "shop.example.com", spec: { user: "alice", headers: { "X-Version": "old" } } };
    await put("web1", entry("Site/shop.example.com", 1, old), entry("Site/shop.example.com", 1, old));
    await put("web1", entry("Site/shop.example.com", 2, null), entry("Site/late.example.com", 1, null));
    // The next one that is new has been carried out: so the others have been looked at.
    await put("web1", entry("Site/next.example.com", 1e9, { kind: "Site", name: "next.example.com", spec: {} }));
    await eventually("the next is there", async () =>
      (await hosts.web1.ask("http://next.example.com/")).body.includes("next.example.com"),
    );
    assert.equal((await hosts.web1.ask("http://shop.example.com/")).headers["x-version"], "three");
    await put("web1", entry("Site/next.example.com", 1e9 + 1, null));
    await eventually(
      "it is gone again",
      async () => (await hosts.web1.exec(["test", "-e", "/etc/apache2/upkeep/next.example.com.conf"])).code !== 0,
    );
  });

  test("a kind or field that a host's version does not know is a condition, and the rest goes on", async () => {
    const { hosts } = estate;
    await put(
      "web1",
      entry("Mailbox/bob", 1e9, { kind: "Mailbox", name: "bob", spec: {} }),
      entry("Site/new.example.com", 1e9, { kind: "Site", name: "new.example.com", spec: { http3: true } }),
      entry("Site/known.example.com", 1e9, { kind: "Site", name: "known.example.com", spec: {} }),
    );
    await eventually("what it knows is served", async () =>
      (await hosts.web1.ask("http://known.example.com/")).body.includes("known.example.com"),
    );
    const { stdout } = await hosts.web1.upkeep("status");
    assert.match(
      stdout,
      /Failed Mailbox\/bob\n {2}this host runs Upkeep 0\.1\.0, which does not know the kind Mailbox/,
    );
    assert.match(
      stdout,
      /Failed Site\/new\.example\.com\n {2}this host runs Upkeep 0\.1\.0, which does not know spec\.http3/,
    );
    const gone = ["Mailbox/bob", "Site/new.example.com", "Site/known.example.com"];
    await put("web1", ...gone.map((ref) => entry(ref, 1e9 + 1, null)));
    await eventually("they are gone", async () => !/bob|new\.example/.test((await hosts.web1.upkeep("status")).stdout));
  });

  test("stolen credentials of one host are good for nothing of another's, and for no desired state", async () => {
    const { hosts } = estate;
    assert.equal(await hosts.web2.must(...script("steal"), "web1"), "[]\n");
    // It could tell: of what is its own it may do what it needs.
    const own = JSON.parse(await hosts.web2.must(...script("steal"), "web2")) as string[];
    assert.ok(own.includes("read the victim's entries") && own.includes("report for the victim"), own.join(", "));
    assert.ok(!own.includes("write its own desired state"));
  });

  test("secrets are readable where they are needed, and nowhere else", async () => {
    const { control, hosts } = estate;
    const hash = "$2b$10$C6UzMDM.H6dfI/f/IKcEeO5a8r6Zz6b0q0x8pRr5JwP4p0rj3m2uK";
    const yaml = site("secret.example.com", `basicAuth: {users: {alice: "${hash}"}}`, "host: web1");
    const { code, stdout } = await control.apply(yaml);
    assert.equal(code, 0, stdout);
    assert.equal((await hosts.web1.ask("http://secret.example.com/")).status, 401);
    // The database, its log, the bus and what it keeps: none of them has it.
    const found = await control.exec(["grep", "-rlaF", hash, "/var/lib/upkeep-server"]);
    assert.equal(found.stdout, "");
    assert.equal((await hosts.web2.exec(["grep", "-rlaF", hash, "/var/lib/upkeep"])).stdout, "");
    // Nobody is shown it; what is shown can be stated again.
    const shown = (await control.upkeep("get", "Site", "secret.example.com")).stdout;
    assert.match(shown, /basicAuth:\n {4}\$sealed: e:/);
    const again = await control.apply(shown);
    assert.equal(again.stdout.trim(), "Nothing to change.", again.stderr);
    const elsewhere = await control.apply(shown.replace("name: secret.", "name: other."));
    assert.match(
      elsewhere.stderr,
      /basicAuth cannot be opened: it was sealed with another key, for another record, or altered/,
    );
    assert.equal((await control.upkeep("delete", "Site", "secret.example.com")).code, 0);
  });

  test("a maintenance goes where its site is", async () => {
    const { control, hosts } = estate;
    control.write("/root/sorry.html", "<!doctype html><title>x</title><p>Back at noon");
    const { code, stdout, stderr } = await control.upkeep("maintenance", "on", "shop.example.com", "--message", "soon");
    assert.equal(code, 0, stdout + stderr);
    for (const host of [hosts.web1, hosts.web2]) assert.equal((await host.ask("http://shop.example.com/")).status, 503);
    control.write(
      "/root/page.yaml",
      "kind: Maintenance\nname: shop.example.com\nhosts: {labels: {role: web}}\nspec: {active: true, sites: [shop.example.com], page: /root/sorry.html}\n",
    );
    const paged = await control.upkeep("apply", "/root/page.yaml");
    assert.equal(paged.code, 0, paged.stdout + paged.stderr);
    const { body } = await hosts.web2.ask("http://shop.example.com/", { headers: { accept: "text/html" } });
    assert.match(body, /Back at noon/);
    assert.equal((await control.upkeep("maintenance", "off", "shop.example.com")).code, 0);
    for (const host of [hosts.web1, hosts.web2])
      assert.equal((await host.ask("http://shop.example.com/")).headers["x-version"], "three");
    assert.equal((await control.upkeep("delete", "Maintenance", "shop.example.com")).code, 0);
  });

  test("a link into a maintenance is good once, on whichever host of it, and ends on every one", async () => {
    const { control, hosts } = estate;
    const webs = [hosts.web1, hosts.web2];
    const refused = await control.upkeep("maintenance", "link", "shop.example.com");
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /there is no maintenance/);
    assert.equal((await control.upkeep("maintenance", "on", "shop.example.com")).code, 0);
    assert.match((await control.upkeep("maintenance", "link", "shop.example.com")).stderr, /lets nobody in by a link/);
    assert.equal((await control.upkeep("maintenance", "on", "shop.example.com", "--secret")).code, 0);
    const newLink = async () => {
      const made = await control.upkeep("maintenance", "link", "shop.example.com");
      assert.equal(made.code, 0, made.stderr);
      return /https:\/\/shop\.example\.com(\/\.maintenance\/\S+)/.exec(made.stdout)![1]!;
    };
    const use = (host: TestHost, link: string) => host.ask(`http://shop.example.com${link}`);
    for (const [first, second] of [webs, webs.toReversed()] as [TestHost, TestHost][]) {
      const link = await newLink();
      const { status, headers } = await use(first, link);
      assert.equal(status, 303, link);
      // Asked for, it would be used.
      const door = link.replace("/.maintenance", "/var/lib/upkeep-maintenance/shop.example.com/doors/shop.example.com");
      await eventually("the other host knows", async () => (await second.exec(["ls", `${door}.used`])).code === 0);
      assert.equal((await use(second, link)).status, 503);
      const cookie = headers["set-cookie"]!.split(";")[0]!;
      for (const host of webs)
        assert.equal(
          (await host.ask("http://shop.example.com/", { headers: { cookie } })).headers["x-version"],
          "three",
        );
    }
    const path = await newLink();
    // Nothing is made by hand from another's.
    const forged = path.replace(/.$/, (last) => (last === "A" ? "B" : "A"));
    for (const host of webs) assert.notEqual((await host.ask(`http://shop.example.com${forged}`)).status, 303);
    const revoked = await control.upkeep("maintenance", "link", "shop.example.com", "--revoke");
    assert.equal(revoked.code, 0, revoked.stderr);
    for (const host of webs) assert.notEqual((await host.ask(`http://shop.example.com${path}`)).status, 303);
    assert.equal((await control.upkeep("delete", "Maintenance", "shop.example.com")).code, 0);
  });

  test("a host goes back to one of its generations, with every record that has changed it since", async () => {
    const { control, hosts } = estate;
    const live = async () =>
      (JSON.parse((await hosts.web1.upkeep("history", "--json")).stdout) as { number: number; state: string }[]).find(
        ({ state }) => state === "live",
      )!.number;
    const version = async (name: string) => (await hosts.web1.ask(`http://${name}/`)).headers["x-version"];
    assert.equal((await control.apply(site("back.example.com", "headers: {X-Version: one}", "host: web1"))).code, 0);
    const generation = await live();
    for (const yaml of [
      site("back.example.com", "headers: {X-Version: two}", "host: web1"),
      site("fresh.example.com", "headers: {X-Version: one}", "host: web1"),
      site("back.example.com", "headers: {X-Version: three}", "host: web1"),
    ])
      assert.equal((await control.apply(yaml)).code, 0);
    assert.equal(await version("back.example.com"), "three");
    const unsaid = await control.upkeep("rollback", "--host", "web1");
    assert.match(unsaid.stderr, /say to which generation of the host/);
    const none = await control.upkeep("rollback", "--host", "web1", "9999");
    assert.match(none.stderr, /this host has no generation 9999/);
    const { code, stdout, stderr } = await control.upkeep("rollback", "--host", "web1", String(generation));
    assert.equal(code, 0, stdout + stderr);
    assert.equal(await version("back.example.com"), "one");
    assert.notEqual(await version("fresh.example.com"), "one");
    assert.equal((await control.upkeep("delete", "Site", "back.example.com")).code, 0);
  });

  test("deleting a resource takes it from every host; rollback brings it back", async () => {
    const { control, hosts } = estate;
    assert.equal((await control.upkeep("delete", "Site", "shop.example.com")).code, 0);
    for (const host of [hosts.web1, hosts.web2])
      assert.notEqual((await host.ask("http://shop.example.com/")).headers["x-version"], "three");
    const back = await control.upkeep("rollback");
    assert.equal(back.code, 0, back.stdout + back.stderr);
    for (const host of [hosts.web1, hosts.web2])
      assert.equal((await host.ask("http://shop.example.com/")).headers["x-version"], "three");
  });

  test("starting everything anew reloads nothing and loses nothing", async () => {
    const { control, hosts } = estate;
    const before = await hosts.web1.must("pgrep", "-f", "-o", "apache2 -k start");
    const generation = (await hosts.web1.upkeep("history", "--json")).stdout;
    await control.must("systemctl", "restart", "upkeep-nats", "upkeep-server");
    await hosts.web1.must("systemctl", "restart", "upkeep-agent");
    await eventually("web1 is back", async () => /web1 +now/.test((await control.upkeep("host", "list")).stdout));
    assert.equal((await hosts.web1.upkeep("history", "--json")).stdout, generation);
    assert.equal(await hosts.web1.must("pgrep", "-f", "-o", "apache2 -k start"), before);
  });

  test("a machine becomes a host in one command, over ssh", async () => {
    const { control, hosts } = estate;
    await control.must("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/root/.ssh/id_ed25519");
    control.write("/root/.ssh/config", "Host *\n  StrictHostKeyChecking accept-new\n");
    hosts.spare.write("/root/.ssh/authorized_keys", await control.must("cat", "/root/.ssh/id_ed25519.pub"), 0o600);
    await hosts.spare.must("systemctl", "start", "ssh");
    const target = `root@${hosts.spare.address}`;
    const added = await control.upkeep("host", "add", "spare", "role=web", "--ssh", target, "--to", "/srv/upkeep");
    assert.equal(added.code, 0, added.stdout + added.stderr);
    assert.match(added.stdout, /^spare is part of the estate, and reports\.$/m);
    await eventually(
      "it serves what its labels ask for",
      async () => (await hosts.spare.ask("http://shop.example.com/")).headers["x-version"] === "three",
    );
    const wrong = await control.upkeep("host", "add", "spare2", "--ssh", "-oProxyCommand=touch /tmp/x");
    assert.notEqual(wrong.code, 0);
    const nobody = await control.upkeep("host", "add", "spare2", "--ssh", "root@198.51.100.99");
    assert.match(nobody.stderr, /root@198\.51\.100\.99 cannot be reached by ssh/);
  });

  test("a machine becomes a host though the control plane says nothing for longer than an answer takes", async () => {
    const { control, hosts } = estate;
    await control.must("/opt/upkeep/upkeep", "host", "add", "late");
    const { token } = JSON.parse(await control.must("/opt/upkeep/upkeep", "host", "token", "late", "--json"));
    await control.must("pkill", "--signal=STOP", "--full", "main.js serve");
    const joining = hosts.late.upkeep("install", "agent", "--token", token);
    assert.equal(await Promise.race([joining, localHost.clock.pause(8_000)]), undefined, "it goes on asking");
    await control.must("pkill", "--signal=CONT", "--full", "main.js serve");
    const { code, stdout, stderr } = await joining;
    assert.equal(code, 0, stdout + stderr);
    const heard = async () => /^late +now/m.test((await control.upkeep("host", "list")).stdout);
    await eventually("it is heard of", heard);
    await control.must("/opt/upkeep/upkeep", "host", "remove", "late");
  });

  test("a bus that has lost everything takes nothing from any host, and is filled again", async () => {
    const { control, hosts } = estate;
    await control.must("systemctl", "stop", "upkeep-nats");
    await control.must("rm", "-rf", "/var/lib/upkeep-server/bus/store");
    await control.must("systemctl", "start", "upkeep-nats");
    await eventually(
      "changes are taken again",
      async () => (await control.apply(site("lost.example.com", "headers: {X-Version: found}"))).code === 0,
    );
    for (const host of [hosts.web1, hosts.web2]) {
      assert.equal((await host.ask("http://lost.example.com/")).headers["x-version"], "found");
      assert.equal((await host.ask("http://shop.example.com/")).headers["x-version"], "three");
    }
    assert.equal((await control.upkeep("delete", "Site", "lost.example.com")).code, 0);
  });

  test("a control plane that comes from a backup leaves hosts as they are, says so, and is heeded again", async () => {
    const { control, hosts } = estate;
    const old = (version: string) => site("old.example.com", `headers: {X-Version: ${version}}`, "host: web2");
    const version = async (name: string) => (await hosts.web2.ask(`http://${name}/`)).headers["x-version"];
    const both = ["upkeep-server", "upkeep-nats"];
    const restart = async (meanwhile: readonly [string, ...string[]]) => {
      await control.must("systemctl", "stop", ...both);
      await control.must(...meanwhile);
      await control.must("systemctl", "start", ...both);
      await eventually("it is there", async () => (await control.upkeep("host", "list")).code === 0);
    };
    assert.equal((await control.apply(old("one"))).code, 0);
    await restart(["cp", "-a", "/var/lib/upkeep-server", "/root/backup"]);
    for (const value of ["two", "three", "four"]) assert.equal((await control.apply(old(value))).code, 0);
    await restart(["sh", "-c", "rm -r /var/lib/upkeep-server && cp -a /root/backup /var/lib/upkeep-server"]);
    await eventually("it says so", async () =>
      /web2 has had changes up to \d+; the database, \d+: it is older than its hosts/.test(
        await control.must("journalctl", "-u", "upkeep-server", "-o", "cat"),
      ),
    );
    await eventually("what is not as written is told", async () =>
      /Site\/old\.example\.com.*web2.*later change/s.test((await control.upkeep("status")).stdout),
    );
    assert.equal(await version("old.example.com"), "four");
    const { code, stdout, stderr } = await control.apply(old("one"));
    assert.equal(code, 0, stdout + stderr);
    assert.equal(await version("old.example.com"), "one");
    assert.equal((await control.apply(old("five"))).code, 0);
    assert.equal(await version("old.example.com"), "five");
    assert.equal((await control.upkeep("history", "--verify")).code, 0);
    assert.equal((await control.upkeep("delete", "Site", "old.example.com")).code, 0);
  });

  test("a removed host goes on serving, and its credentials are good for nothing", async () => {
    const { control, hosts } = estate;
    const refused = await control.upkeep("host", "remove", "web2");
    assert.match(refused.stderr, /Site\/own\.example\.com is stated for web2; delete/);
    assert.equal((await control.upkeep("delete", "Site", "own.example.com")).code, 0);
    await control.must("/opt/upkeep/upkeep", "host", "remove", "web2");
    assert.equal((await hosts.web2.ask("http://shop.example.com/")).headers["x-version"], "three");
    await eventually("its agent is cut off", async () =>
      /not connected/.test(
        (await hosts.web2.exec(["journalctl", "-u", "upkeep-agent", "-n", "1", "-o", "cat"])).stdout,
      ),
    );
    assert.equal((await control.apply(site("shop.example.com", "headers: {X-Version: four}"))).code, 0);
    assert.equal((await hosts.web1.ask("http://shop.example.com/")).headers["x-version"], "four");
    assert.equal((await hosts.web2.ask("http://shop.example.com/")).headers["x-version"], "three");
  });
});
