import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Lab, openLab, type TestHost } from "../../lab/lab.ts";

describe("day-to-day work on a host", () => {
  let lab: Lab<"web1" | "web2">;
  let web: TestHost;
  let other: TestHost;
  before(async () => {
    lab = await openLab({ web1: "apache2", web2: "nginx" });
    web = lab.hosts.web1;
    other = lab.hosts.web2;
  });
  after(() => lab.close());

  const site = (name: string, spec = "{}") => `kind: Site\nname: ${name}\nspec: ${spec}\n`;
  const file = "/etc/apache2/upkeep/one.example.com.conf";

  test("the plan tells what apply then does, and afterwards finds nothing to do", async () => {
    web.write("/root/one.yaml", site("one.example.com"));
    const plan = await web.upkeep("plan", "/root/one.yaml", "--json");
    assert.equal(plan.code, 2);
    const apply = await web.upkeep("apply", "/root/one.yaml", "--json");
    assert.equal(apply.code, 0, apply.stderr);
    const keys = (text: string, of: (value: unknown) => { changes: { key: string }[] }) =>
      of(JSON.parse(text)).changes.map(({ key }) => key);
    assert.deepEqual(
      keys(plan.stdout, (value) => value as { changes: { key: string }[] }),
      keys(apply.stdout, (value) => (value as { plan: { changes: { key: string }[] } }).plan),
    );
    for (const args of [["plan"], ["plan", "/root/one.yaml"]])
      assert.equal((await web.upkeep(...args)).code, 0, args.join(" "));
  });

  test("an edit by hand is reported with its diff, kept, and undone", async () => {
    await web.must("sed", "-i", "s/ServerName one/ServerName  one/", file);
    const diff = await web.upkeep("diff");
    assert.equal(diff.code, 2);
    assert.match(diff.stdout, /one\.example\.com\.conf was edited by hand/);
    assert.match(diff.stdout, /-\s+ServerName one\.example\.com\n\s+\+\s+ServerName {2}one\.example\.com/);
    assert.match(
      (await web.upkeep("status")).stdout,
      /Drifted Site\/one\.example\.com\n {2}file:\S+ was edited by hand/,
    );
    const { code, stdout } = await web.upkeep("apply");
    assert.equal(code, 0);
    assert.doesNotMatch((await web.upkeep("status")).stdout, /Drifted/);
    const keptAs = /kept: .* was edited by hand; what stood there is in (\S+)/.exec(stdout)?.[1];
    assert.match(keptAs ?? "nowhere", /^\/var\/lib\/upkeep\/kept\//, stdout);
    assert.match(await web.must("cat", String(keptAs)), /ServerName {2}one/);
    assert.doesNotMatch(await web.must("cat", file), /ServerName {2}one/);
    assert.equal((await web.upkeep("diff")).code, 0);
  });

  test("a site that was drifted and is put right by hand counts as applied again", async () => {
    await web.must("chmod", "600", file);
    assert.equal((await web.upkeep("plan")).code, 2);
    assert.match((await web.upkeep("get")).stdout, /Site\/one\.example\.com\s+Drifted/);
    await web.must("chmod", "644", file);
    assert.equal((await web.upkeep("plan")).code, 0);
    assert.match((await web.upkeep("get")).stdout, /Site\/one\.example\.com\s+Applied/);
  });

  test("a file or a log directory removed by hand comes back", async () => {
    await web.must("rm", "-r", file, "/home/one-example-com/one.example.com/log");
    const plan = await web.upkeep("plan");
    assert.match(plan.stdout, /one\.example\.com\.conf \(was removed by hand\)/);
    assert.match(plan.stdout, /\+ directory \/home\/one-example-com\/one\.example\.com\/log/);
    assert.equal((await web.upkeep("apply")).code, 0);
    assert.equal((await web.ask("http://one.example.com/")).status, 200);
  });

  test("a site whose file was removed by hand does not hold up the others", async () => {
    await web.must("rm", file);
    const { code, stdout, stderr } = await web.apply(site("two.example.com"));
    assert.equal(code, 0, stdout + stderr);
    assert.equal((await web.ask("http://two.example.com/")).status, 200);
    assert.equal((await web.upkeep("apply")).code, 0);
    assert.equal((await web.ask("http://one.example.com/")).status, 200);
    assert.equal((await web.upkeep("delete", "Site", "two.example.com")).code, 0);
  });

  test("without systemd-sysusers(8) accounts are made with useradd(8), alike", async () => {
    const of = async (user: string) => (await web.must("getent", "passwd", user)).trim().split(":").slice(4);
    assert.equal((await web.apply(site("by-sysusers.example.com"))).code, 0);
    await web.must("mv", "/usr/bin/systemd-sysusers", "/usr/bin/systemd-sysusers.away");
    const { code, stderr } = await web.apply(site("by-useradd.example.com"));
    await web.must("mv", "/usr/bin/systemd-sysusers.away", "/usr/bin/systemd-sysusers");
    assert.equal(code, 0, stderr);
    assert.deepEqual(await of("by_useradd-example-com"), ["", "/home/by_useradd-example-com", "/usr/sbin/nologin"]);
    assert.deepEqual((await of("by_sysusers-example-com")).slice(1), [
      "/home/by_sysusers-example-com",
      "/usr/sbin/nologin",
    ]);
    assert.match(await web.must("id", "www-data"), /by_useradd-example-com/);
    assert.equal((await web.ask("http://by-useradd.example.com/")).status, 200);
  });

  test("of two applies at once the second waits, says so, and both succeed", async () => {
    const results = await Promise.all(["a", "b", "c"].map((name) => web.apply(site(`at-once-${name}.example.com`))));
    assert.deepEqual(
      results.map(({ code }) => code),
      [0, 0, 0],
    );
    const waiting = results.filter(({ stderr }) => /Waiting for root: apply - \(process \d+, since/.test(stderr));
    assert.ok(waiting.length >= 1, results.map(({ stderr }) => stderr).join("\n"));
    for (const name of ["a", "b", "c"])
      assert.equal((await web.ask(`http://at-once-${name}.example.com/`)).status, 200);
  });

  test("--prune deletes what the same path declared before and no longer does, and nothing else", async () => {
    for (const name of ["x", "y"]) web.write(`/root/estate/deep/${name}.yml`, site(`${name}.example.org`));
    assert.equal((await web.upkeep("apply", "/root/estate")).code, 0);
    await web.must("rm", "/root/estate/deep/y.yml");
    assert.match((await web.upkeep("plan", "/root/estate")).stdout, /Nothing to change/);
    const { code, stdout } = await web.upkeep("apply", "/root/estate", "--prune");
    assert.equal(code, 0, stdout);
    const left = JSON.parse((await web.upkeep("get", "--json")).stdout) as { name: string }[];
    assert.deepEqual(
      left.map(({ name }) => name).filter((name) => name.endsWith(".org") || name.startsWith("one")),
      ["one.example.com", "x.example.org"],
    );
  });

  test("an estate round-trips: what get prints, apply takes, and nothing changes", async () => {
    assert.equal(
      (
        await web.apply(
          site(
            "rich.example.com",
            "{aliases: [www.rich.example.com], canonical: false, php: true, headers: {X-A: b}, redirects: [{from: /a, to: /b}]}",
          ),
        )
      ).code,
      0,
    );
    const yaml = (await web.upkeep("get", "-o", "yaml")).stdout;
    const { code, stdout } = await web.apply(yaml);
    assert.equal(code, 0);
    assert.match(stdout, /Nothing to change/);
    assert.equal((await web.upkeep("get", "-o", "yaml")).stdout, yaml);
  });

  test("rollback takes back the last apply, or goes back to any generation", async () => {
    const generation = async () =>
      (JSON.parse((await web.upkeep("history", "--json")).stdout) as { number: number }[])[0]!.number;
    await web.apply(site("one.example.com", "{headers: {X-V: '1'}}"));
    const first = await generation();
    await web.apply(site("one.example.com", "{headers: {X-V: '2'}}"));
    await web.apply(site("late.example.com"));
    const version = async () => (await web.ask("http://one.example.com/")).headers["x-v"];
    assert.equal((await web.upkeep("rollback")).code, 0);
    assert.doesNotMatch((await web.ask("http://late.example.com/")).body, /is ready/);
    assert.equal(await version(), "2");
    assert.equal((await web.upkeep("rollback", String(first))).code, 0);
    assert.equal(await version(), "1");
    assert.equal((await web.upkeep("rollback", "9999")).code, 1);
  });

  test("edit opens the record in the editor and applies what was written", async () => {
    web.write("/root/editor", "#!/bin/sh\nsed -i 's/X-V: .*/X-V: edited/' \"$1\"\n", 0o755);
    const { code, stdout } = await web.exec([
      "env",
      "EDITOR=/root/editor",
      "/opt/upkeep/upkeep",
      "edit",
      "Site",
      "one.example.com",
    ]);
    assert.equal(code, 0, stdout);
    assert.equal((await web.ask("http://one.example.com/")).headers["x-v"], "edited");
  });

  test("the audit log shows who changed what, and any tampering with it", async () => {
    assert.equal((await web.upkeep("history", "--verify")).code, 0);
    assert.match((await web.upkeep("history", "--audit")).stdout, /root changed Site\/one\.example\.com/);
    const sql = (statement: string) =>
      web.must(
        "/opt/upkeep/node_modules/.bin/node",
        "-e",
        `new (require("node:sqlite").DatabaseSync)("/var/lib/upkeep/estate.db").exec(${JSON.stringify(statement)})`,
      );
    await sql("CREATE TABLE copy AS SELECT * FROM audit");
    for (const tampering of [
      "UPDATE audit SET actor = 'mallory' WHERE id = 2",
      "DELETE FROM audit WHERE id = 3",
      "DELETE FROM audit WHERE id > 4",
    ]) {
      await sql(tampering);
      const { code, stdout } = await web.upkeep("history", "--verify");
      assert.equal(code, 1, tampering);
      assert.match(stdout, /has been altered/);
      await sql("DELETE FROM audit; INSERT INTO audit SELECT * FROM copy");
    }
    assert.equal((await web.upkeep("history", "--verify")).code, 0);
  });

  test("the records are for root alone", async () => {
    assert.match(await web.must("stat", "-c", "%a %U", "/var/lib/upkeep"), /^700 root/);
    const asNobody = [
      "setpriv",
      "--reuid=nobody",
      "--regid=nogroup",
      "--clear-groups",
      "env",
      "HOME=/tmp",
      "NODE_COMPILE_CACHE=/tmp/cc",
      "/opt/upkeep/upkeep",
    ] as const;
    const apply = await web.exec([...asNobody, "apply", "/opt/upkeep/examples/first-site.yaml"]);
    assert.deepEqual([apply.code, /needs root; nothing was changed/.test(apply.stderr)], [1, true]);
    assert.equal((await web.exec([...asNobody, "plan", "/opt/upkeep/examples/first-site.yaml"])).code, 2);
    for (const args of [["explain", "Site.hsts"], ["schema"]])
      assert.equal((await web.exec([...asNobody, ...args])).code, 0);
    const get = await web.exec([...asNobody, "get"]);
    assert.deepEqual([get.code, /for root alone/.test(get.stderr)], [1, true]);
  });

  test("root follows no link that a customer planted", async () => {
    const home = "/home/hostile-example-com/hostile.example.com";
    assert.equal((await web.apply(site("hostile.example.com", "{root: app/public, php: true}"))).code, 0);
    const asCustomer = (...argv: string[]) =>
      web.exec(["setpriv", "--reuid=hostile-example-com", "--regid=hostile-example-com", "--clear-groups", ...argv]);
    // What root relies on cannot be replaced ...
    for (const argv of [
      ["mv", `${home}/log`, `${home}/log2`],
      ["rm", "-rf", home],
      ["ln", "-s", "/etc/shadow", `${home}/log/access.log`],
      ["mv", "/home/hostile-example-com", "/home/x"],
    ]) {
      assert.notEqual((await asCustomer(...argv)).code, 0, argv.join(" "));
    }
    await web.must("test", "-d", `${home}/log`);
    // ... and what can be replaced, root does not follow.
    const shadow = await web.must("stat", "-c", "%U %G %a %Y", "/etc/shadow");
    await asCustomer(
      "sh",
      "-c",
      `rm -rf ${home}/app/public && ln -s /etc ${home}/app/public && ln -s /etc/shadow ${home}/tmp/x`,
    );
    for (const spec of ["{root: app/public}", "{root: app/public/upkeep-was-here}"])
      await web.apply(site("hostile.example.com", spec));
    assert.equal((await web.exec(["test", "-e", "/etc/upkeep-was-here"])).code, 1);
    assert.equal((await web.exec(["test", "-e", "/etc/index.html"])).code, 1);
    assert.equal(await web.must("stat", "-c", "%U %G %a %Y", "/etc/shadow"), shadow);
    assert.match(await web.must("stat", "-c", "%U", "/etc"), /root/);
    // Nor does the server show what the link leads to.
    await web.apply(site("hostile.example.com", "{root: app/public}"));
    assert.notEqual((await web.ask("http://hostile.example.com/passwd")).status, 200);
    await web.upkeep("delete", "Site", "hostile.example.com");
  });

  test("a home that belongs to its user is refused in plain words, and the others go live", async () => {
    await web.must("useradd", "--create-home", "bob");
    const { code, stdout } = await web.apply(
      `${site("bob.example.com", "{user: bob}")}---\n${site("fine.example.com")}`,
    );
    assert.equal(code, 3);
    assert.match(stdout, /\/home\/bob belongs to bob, who could replace/);
    assert.equal((await web.ask("http://fine.example.com/")).status, 200);
    await web.upkeep("delete", "Site", "bob.example.com");
  });

  test("a system account is refused, and so is what the host's policy forbids", async () => {
    const system = await web.apply(site("daemon.example.com", "{user: daemon}"));
    assert.equal(system.code, 3);
    assert.match(system.stdout, /"daemon" belongs to the system \(uid 1\)/);
    await web.upkeep("delete", "Site", "daemon.example.com");
    web.write("/etc/upkeep/policy.yaml", "accounts: {never: [bob]}\ncustom: false\n");
    const forbidden = await web.apply(site("bob.example.com", "{user: bob, custom: ['# x']}"));
    await web.must("rm", "/etc/upkeep/policy.yaml");
    assert.equal(forbidden.code, 1);
    assert.match(
      forbidden.stderr,
      /\(standard input\):3:14: .*spec\.user: the account bob is not allowed on this host/,
    );
    assert.match(forbidden.stderr, /spec\.custom: a raw server line is not allowed on this host/);
  });

  test("what the host's policy comes to forbid stays live as it is, and is not carried out again", async () => {
    const before = site("strict.example.com", "{user: strict}");
    assert.equal((await web.apply(before)).code, 0);
    web.write("/etc/upkeep/policy.yaml", "accounts: {never: [str*]}\n");
    const plan = await web.upkeep("plan");
    assert.match(plan.stdout, /Site\/strict\.example\.com.*user: the account strict is not allowed on this host/);
    const applied = await web.upkeep("apply");
    assert.equal(applied.code, 3, applied.stdout + applied.stderr);
    assert.equal((await web.ask("http://strict.example.com/")).status, 200);
    const status = await web.upkeep("status");
    assert.match(
      status.stdout,
      /Failed Site\/strict\.example\.com\n.*the account strict .*`accounts.never` in \/etc\/upkeep\/policy\.yaml/,
    );
    await web.must("rm", "/etc/upkeep/policy.yaml");
    assert.equal((await web.upkeep("apply")).code, 0);
    assert.equal((await web.ask("http://strict.example.com/")).status, 200);
    await web.upkeep("delete", "Site", "strict.example.com");
  });

  test("a policy that cannot be read stops everything before anything is changed", async () => {
    for (const [text, says] of [
      ["kinds: Site\n", /policy\.yaml: kinds: .*expected array/],
      ["kinds: [Site\n", /policy\.yaml: .*/],
      ["costum: false\n", /policy\.yaml: .*costum/],
    ] as const) {
      web.write("/etc/upkeep/policy.yaml", text);
      const { code, stderr } = await web.apply(site("never.example.com", "{}"));
      assert.equal(code, 1, text);
      assert.match(stderr, says);
    }
    await web.must("rm", "/etc/upkeep/policy.yaml");
    assert.doesNotMatch((await web.upkeep("get")).stdout, /never\.example\.com/);
  });

  test("sites with a shared log still find their lines in their own", async () => {
    const names = ["shared-a.example.com", "shared-b.example.com"];
    assert.equal((await web.apply(names.map((name) => site(name, "{logs: shared}")).join("---\n"))).code, 0);
    assert.match(await web.must("systemctl", "is-active", "upkeep-logs"), /^active/);
    for (const name of names) await web.ask(`http://${name}/only-${name}`);
    // The follower and a split by hand exclude each other; stopping the one, the other takes over where it stood.
    await web.must("systemctl", "stop", "upkeep-logs");
    assert.equal((await web.upkeep("logs", "split")).code, 0);
    for (const name of names) {
      const log = await web.must(
        "cat",
        `/home/${name.replaceAll("-", "_").replaceAll(".", "-")}/${name}/log/access.log`,
      );
      assert.match(log, new RegExp(`^127\\.0\\.0\\.1 .*GET /only-${name} `, "m"));
      for (const other of names.filter((each) => each !== name)) assert.doesNotMatch(log, new RegExp(other));
      assert.equal(log.split(`/only-${name} `).length, 2, "each line once");
    }
    assert.match((await web.upkeep("plan")).stdout, /\+ service upkeep-logs/);
    assert.equal((await web.upkeep("apply")).code, 0);
  });

  test("more log files than the server may open: the plan says so, and the limit is raised for now and for the next start", async () => {
    const many = Array.from({ length: 600 }, (_, index) => site(`n${index}.many.example.com`, "{user: many}")).join(
      "---\n",
    );
    other.write("/root/many.yaml", many);
    const plan = await other.upkeep("plan", "/root/many.yaml");
    assert.match(plan.stdout, /nginx will hold 1,200 log files open; its limit is 1,024 and will be raised to 4,096/);
    const { code, stderr } = await other.upkeep("apply", "/root/many.yaml");
    assert.equal(code, 0, stderr);
    for (const _ of ["raised while it ran", "and from the start"]) {
      for (const name of ["n0", "n599"])
        assert.equal((await other.ask(`http://${name}.many.example.com/`)).status, 200);
      const limits = await other.must("sh", "-c", "cat /proc/$(cat /run/nginx.pid)/limits");
      assert.match(limits, /Max open files +4096 /);
      await other.must("systemctl", "restart", "nginx");
    }
  });

  test("where the machine or its owner allows no such limit, that is said before anything is changed", async () => {
    web.write(
      "/root/many.yaml",
      Array.from({ length: 4200 }, (_, index) => site(`n${index}.many.example.com`, "{user: many}")).join("---\n"),
    );
    // Apache's start script lowers the hard limit, too; only CAP_SYS_RESOURCE (bit 24) lifts it again.
    const mayRaise =
      (BigInt(`0x${/CapEff:\s+(\w+)/.exec(await web.must("cat", "/proc/self/status"))![1]}`) >> 24n) & 1n;
    const { code, stderr } = await web.upkeep("apply", "/root/many.yaml");
    if (mayRaise) assert.equal(code, 0, stderr);
    else {
      assert.equal(code, 1);
      assert.match(
        stderr,
        /8,\d+ log files open.*this machine allows no such limit; nothing was changed.*logs: shared/,
      );
    }
    web.write("/etc/upkeep/policy.yaml", "raiseLimits: false\n");
    const forbidden = await web.upkeep("apply", "/root/many.yaml");
    await web.must("rm", "/etc/upkeep/policy.yaml");
    assert.equal(forbidden.code, 1);
    assert.match(forbidden.stderr, /may not be raised here.*nothing was changed.*logs: shared/);
    assert.equal((await web.ask("http://one.example.com/")).status, 200);
  });
});
