import assert from "node:assert/strict";
import { after, afterEach, before, describe, type TestContext, test } from "node:test";
import type { TestHost } from "../../lab/lab.ts";
import { bucketStream, reportStream } from "../../src/bus/subjects.ts";
import { type Cluster, controls, openCluster, webs } from "./estate/cluster.ts";
import { everyHostEqualsTheEstate } from "./estate/equal.ts";
import { eventually, joinHost, upkeep } from "./estate/estate.ts";

const site = (name: string, version: string, where = "hosts: {labels: {role: web}}\nstrategy: {batch: 4}") =>
  `kind: Site\nname: ${name}\n${where}\nspec: {user: alice, headers: {X-Version: "${version}"}}\n`;

/** What a machine's parts have said last, for whoever reads why a test has failed. */
async function tellLast(context: TestContext, machines: readonly TestHost[]): Promise<void> {
  const units = ["server", "agent", "nats"].flatMap((part) => ["-u", `upkeep-${part}`]);
  for (const { name, exec } of machines) {
    const { stdout } = await exec(["journalctl", ...units, "--no-pager", "-o", "short-precise", "-n", "20"]);
    context.diagnostic(`${name}:\n${stdout}`);
  }
}

/** Asks a host's own database, or changes it behind its agent's back. */
const ask = (host: TestHost, statement: string): Promise<string> =>
  host.must(
    ...(["/opt/upkeep/node_modules/.bin/node", "--disable-warning=ExperimentalWarning", "-e"] as const),
    "const { DatabaseSync } = require('node:sqlite');" +
      "const database = new DatabaseSync('/var/lib/upkeep/host.db');" +
      "process.stdout.write(JSON.stringify(database.prepare(process.argv[1]).all()))",
    statement,
  );

const sites = (count: number, version: string, prefix = "s") =>
  Array.from({ length: count }, (_, index) => site(`${prefix}${index}.example.com`, version)).join("---\n");

describe("a cluster of control planes, and what befalls it", () => {
  let cluster: Cluster;
  let hosts: Cluster["hosts"];
  before(async () => {
    cluster = await openCluster();
    ({ hosts } = cluster);
  });
  after(() => cluster?.close());
  afterEach(async (context) => {
    // The types do not know `passed`.
    if ((context as { passed?: boolean }).passed === false)
      await tellLast(context as TestContext, Object.values(hosts));
  });

  const applied = async (control: TestHost, yaml: string) => {
    const { code, stdout, stderr } = await control.apply(yaml);
    assert.equal(code, 0, stdout.slice(-2_000) + stderr);
  };
  const version = async (host: TestHost, name: string) => (await host.ask(`http://${name}/`)).headers["x-version"];
  const everywhere = (name: string, wanted: string) =>
    eventually(`${name} is at ${wanted} everywhere`, async () => {
      for (const web of webs) if ((await version(hosts[web], name)) !== wanted) return false;
      return true;
    });
  const allEqual = () => everyHostEqualsTheEstate(hosts);

  test("what one control plane is told, all hosts serve and the other knows", async () => {
    await applied(hosts.ctl1, sites(3, "one"));
    assert.match((await hosts.ctl2.upkeep("get")).stdout, /Site\/s0\.example\.com +web4 +Applied/);
    await applied(hosts.ctl2, site("s0.example.com", "two"));
    await everywhere("s0.example.com", "two");
    await allEqual();
  });

  test("a control plane killed in the middle of a change: it is made wholly, or not at all", async () => {
    for (const milliseconds of [5, 20, 60, 150, 400]) {
      const change = hosts.ctl1.apply(sites(3, `killed-${milliseconds}`));
      await new Promise((resolve) => setTimeout(resolve, 250 + milliseconds));
      await hosts.ctl1.exec(["systemctl", "kill", "-s", "KILL", "upkeep-server"]);
      const { code, stderr } = await change;
      assert.ok(code === 0 || /the control plane has gone away meanwhile/.test(stderr), stderr);
      await allEqual();
    }
  });

  test("with all control planes down the hosts go on, and are heard again afterwards", async () => {
    const units = ["upkeep-server.socket", "upkeep-server"] as const;
    for (const name of controls) await hosts[name].must("systemctl", "stop", ...units);
    const path = "/etc/apache2/upkeep/s1.example.com.conf";
    await hosts.web4.must("rm", path);
    await eventually("the file is there again", async () => (await hosts.web4.exec(["test", "-e", path])).code === 0);
    for (const name of controls) await hosts[name].must("systemctl", "start", ...units);
    await applied(hosts.ctl1, site("s0.example.com", "two"));
    await allEqual();
  });

  test("of two who change one thing at once, one wins and the other is told", async () => {
    const editor =
      '#!/bin/sh\nuntil test -e /root/go; do sleep 0.05; done\nsed -i "s/two\\|killed-[0-9]*/$WHO/" "$1"\n';
    for (const name of ["ctl1", "ctl2"] as const) {
      hosts[name].write("/root/editor", editor, 0o755);
      await hosts[name].must("rm", "-f", "/root/go");
    }
    await applied(hosts.ctl1, site("s0.example.com", "two"));
    const edit = (name: "ctl1" | "ctl2") =>
      hosts[name].exec([
        ...(["env", "EDITOR=/root/editor", `WHO=${name}`] as const),
        ...["/opt/upkeep/upkeep", "edit", "Site", "s0.example.com"],
      ]);
    const edits = [edit("ctl1"), edit("ctl2")] as const;
    // Both have the same text before them.
    await eventually("both edit", async () =>
      (
        await Promise.all(["ctl1", "ctl2"].map((name) => hosts[name as "ctl1"].exec(["pgrep", "-f", "/root/editor"])))
      ).every(({ code }) => code === 0),
    );
    for (const name of ["ctl1", "ctl2"] as const) hosts[name].write("/root/go", "");
    const results = await Promise.all(edits);
    assert.deepEqual(results.map(({ code }) => code).sort(), [0, 1], JSON.stringify(results));
    const loser = results.find(({ code }) => code === 1)!;
    assert.match(
      loser.stderr,
      /Site\/s0\.example\.com has been changed meanwhile by root \(edit Site s0\.example\.com\)/,
    );
    await everywhere("s0.example.com", results[0].code === 0 ? "ctl1" : "ctl2");
  });

  test("both control planes give out the same figures of all hosts", async () => {
    const metrics = async (name: "ctl1" | "ctl2") =>
      (await hosts[name].upkeep("metrics")).stdout.split("\n").filter((line) => line.startsWith("upkeep_resources"));
    const [one, other] = [await metrics("ctl1"), await metrics("ctl2")];
    assert.deepEqual(one, other);
    for (const host of ["web1", "web2", "web3"])
      assert.ok(
        one.some((line) => new RegExp(`host="${host}",condition="Applied"\\} [1-9]`).test(line)),
        one.join("\n"),
      );
  });

  test("a host that was cut off catches up with 500 changes", async () => {
    await hosts.web3.must("ip", "link", "set", "host0", "down");
    await eventually("that is noticed", async () =>
      /web3 +\d+ s ago/.test((await hosts.ctl1.upkeep("host", "list")).stdout),
    );
    // Five at a time, each another revision, and some of them are gone in the end.
    for (let round = 0; round < 20; round++) await hosts.ctl2.apply(sites(25, `cut-${round}`, "c"));
    const gone = Array.from({ length: 5 }, (_, index) => `c${index}.example.com`);
    await hosts.ctl2.must(...upkeep, "delete", "Site", ...gone);
    assert.match((await hosts.ctl1.upkeep("host", "list")).stdout, /web3 +\d+ (s|min) ago/);
    assert.equal(await version(hosts.web1, "c20.example.com"), "cut-19");
    await hosts.web3.must("ip", "link", "set", "host0", "up");
    await hosts.web3.must("networkctl", "reconfigure", "host0");
    await allEqual();
  });

  test("one NATS server lost: changes go on; most of them lost: they wait, and nothing is lost", async () => {
    await hosts.ctl3.must("systemctl", "stop", "upkeep-nats");
    await applied(hosts.ctl1, site("s1.example.com", "without-one"));
    await everywhere("s1.example.com", "without-one");
    await hosts.ctl2.must("systemctl", "stop", "upkeep-nats");
    const waiting = hosts.ctl1.apply(site("s1.example.com", "without-most"));
    // With no bus the hosts go on by themselves.
    await hosts.web1.must("rm", "/etc/apache2/upkeep/s2.example.com.conf");
    await eventually(
      "the file is there again",
      async () => (await hosts.web1.exec(["test", "-e", "/etc/apache2/upkeep/s2.example.com.conf"])).code === 0,
    );
    await hosts.ctl2.must("systemctl", "start", "upkeep-nats");
    await hosts.ctl3.must("systemctl", "start", "upkeep-nats");
    await waiting;
    await everywhere("s1.example.com", "without-most");
    await allEqual();
  });

  test("most NATS servers come back with an older memory: changes go on, and what they forgot is put there again", async () => {
    const store = "/var/lib/upkeep-server/bus/store";
    const most = async (...argv: [string, ...string[]]) => {
      for (const name of ["ctl2", "ctl3"] as const) await hosts[name].must(...argv);
    };
    await most("systemctl", "stop", "upkeep-nats");
    await most("cp", "-a", store, `${store}.before`);
    await most("systemctl", "start", "upkeep-nats");
    for (const round of ["a", "b", "c"]) await applied(hosts.ctl2, sites(3, `forgotten-${round}`));
    await most("systemctl", "stop", "upkeep-nats");
    await most("rm", "-r", store);
    await most("mv", `${store}.before`, store);
    await most("systemctl", "start", "upkeep-nats");
    await applied(hosts.ctl1, site("s1.example.com", "remembered"));
    await everywhere("s1.example.com", "remembered");
    await allEqual();
    // A host that has lost its copy learns from the bus what it should be, all of it.
    const wanted = await ask(hosts.web3, "SELECT ref FROM desired WHERE gone = 0 ORDER BY ref");
    assert.notEqual(wanted, "[]");
    await hosts.web4.must("systemctl", "stop", "upkeep-agent");
    await ask(hosts.web4, "DELETE FROM desired");
    await hosts.web4.must("systemctl", "start", "upkeep-agent");
    await eventually(
      "web4 knows everything again",
      async () => (await ask(hosts.web4, "SELECT ref FROM desired WHERE gone = 0 ORDER BY ref")) === wanted,
    );
    await allEqual();
  });

  test("a stream of the bus that takes nothing any longer is made anew", async () => {
    const [program, script] = ["/opt/upkeep/node_modules/.bin/node", "/opt/upkeep/test/lab/estate/deafen-streams.ts"];
    await hosts.ctl1.must(program!, script!, bucketStream("web1"), reportStream);
    await applied(hosts.ctl2, sites(3, "taken"));
    await everywhere("s1.example.com", "taken");
    await allEqual();
    // Whichever of them was first.
    const journals = await Promise.all(
      [hosts.ctl1, hosts.ctl2].map((control) => control.must("journalctl", "-u", "upkeep-server", "--no-pager")),
    );
    assert.match(journals.join("\n"), /reports has taken nothing for \d+ s.*: it is made anew/);
  });

  test("PostgreSQL started anew under load: every change is made or refused, and none is half made", async () => {
    const outcomes: number[] = [];
    const restart = hosts.ctl3.must("systemctl", "restart", "postgresql@15-main");
    for (let round = 0; round < 12; round++)
      outcomes.push((await hosts[controls[round % 2]!].apply(sites(2, `pg-${round}`))).code);
    await restart;
    await eventually("changes are taken again", async () => (await hosts.ctl1.apply(sites(2, "pg-last"))).code === 0);
    await everywhere("s1.example.com", "pg-last");
    await allEqual();
    assert.match((await hosts.ctl1.upkeep("history", "--verify")).stdout, /The audit log is whole/);
  });

  test("a PostgreSQL that does not answer is told of, and asked again", async () => {
    await hosts.ctl3.must("pkill", "-STOP", "-x", "postgres");
    const { code, stderr } = await hosts.ctl1.upkeep("status");
    await hosts.ctl3.must("pkill", "-CONT", "-x", "postgres");
    assert.equal(code, 1);
    assert.match(stderr, /the database has not answered for 30 s/);
    await applied(hosts.ctl1, sites(2, "answers"));
    await allEqual();
  });

  test("a host whose clock is a day ahead works like the others", async () => {
    const library = (await hosts.web2.must("find", "/usr/lib", "-name", "libfaketime.so.1")).trim();
    hosts.web2.write(
      "/etc/systemd/system/upkeep-agent.service.d/clock.conf",
      `[Service]\nEnvironment=LD_PRELOAD=${library} FAKETIME=+1d\n`,
    );
    await hosts.web2.must("systemctl", "daemon-reload");
    await hosts.web2.must("systemctl", "restart", "upkeep-agent");
    await applied(hosts.ctl1, sites(2, "tomorrow"));
    assert.match((await hosts.ctl1.upkeep("host", "show", "web2")).stdout, /its clock is 86,\d\d\d s ahead/);
    await hosts.web2.must("rm", "/etc/systemd/system/upkeep-agent.service.d/clock.conf");
    await hosts.web2.must("systemctl", "daemon-reload");
    await hosts.web2.must("systemctl", "restart", "upkeep-agent");
    await applied(hosts.ctl1, sites(2, "today"));
    await allEqual();
  });

  test("a host whose disk is full says so, stays as it was, and goes on when there is room", async () => {
    await hosts.web4.must("systemctl", "stop", "upkeep-agent");
    await hosts.web4.must("mount", "-t", "tmpfs", "-o", "size=96k,mode=0755", "tmpfs", "/mnt");
    await hosts.web4.must("cp", "-a", "/etc/apache2/upkeep/.", "/mnt/");
    await hosts.web4.must("mount", "--bind", "/mnt", "/etc/apache2/upkeep");
    await hosts.web4.exec(["dd", "if=/dev/zero", "of=/etc/apache2/upkeep/filler", "bs=1k"]);
    await hosts.web4.must("systemctl", "start", "upkeep-agent");
    await eventually("web4 is there", async () => /web4 +now/.test((await hosts.ctl1.upkeep("host", "list")).stdout));
    const change = hosts.ctl1.apply(site("s0.example.com", "full"));
    await eventually("it says so", async () =>
      /Failed Site\/s0\.example\.com on web4\n.*(ENOSPC|no space left)/.test(
        (await hosts.ctl1.upkeep("status")).stdout,
      ),
    );
    assert.notEqual(await version(hosts.web4, "s0.example.com"), "full");
    // Nor can anything go there.
    const removal = hosts.ctl1.upkeep("delete", "Site", "c24.example.com");
    await eventually("that is said as well", async () =>
      /Failed Site\/c24\.example\.com on web4\n.*(ENOSPC|no space left)/.test(
        (await hosts.ctl1.upkeep("status")).stdout,
      ),
    );
    await hosts.web4.must("rm", "/etc/apache2/upkeep/filler");
    await hosts.web4.must("mount", "-o", "remount,size=16m", "/mnt");
    await Promise.all([change, removal]);
    await everywhere("s0.example.com", "full");
    await allEqual();
  });

  test("a host whose power fails in the middle of a change is whole when it is back", async () => {
    const change = hosts.ctl2.apply(sites(25, "power", "c"));
    await eventually(
      "web1 is at it",
      async () =>
        (await hosts.web1.exec(["sh", "-c", "ls /run/upkeep/apply.holder && flock -n /run/upkeep/apply.lock true"]))
          .code !== 0,
    );
    await cluster.lab.cut("web1");
    await change;
    const web1 = await cluster.lab.boot("web1");
    cluster.replace("web1", web1);
    await everywhere("c20.example.com", "power");
    await allEqual();
  });

  test("a host that is set up anew under its old name gets everything again", async () => {
    await hosts.web2.must("systemctl", "disable", "--now", "upkeep-agent");
    await hosts.web2.must("rm", "-rf", "/var/lib/upkeep", "/etc/apache2/upkeep", "/etc/upkeep/agent.yaml");
    await hosts.web2.must("find", "/etc/apache2", "-name", "*upkeep*", "-delete");
    await hosts.web2.must("systemctl", "restart", "apache2");
    await joinHost(hosts.ctl2, hosts.web2);
    await everywhere("s0.example.com", "full");
    await allEqual();
  });
});
