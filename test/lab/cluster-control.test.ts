import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { controls, recovery } from "./estate/cluster.ts";
import { site, sites, useCluster } from "./estate/cluster-tests.ts";
import { eventually } from "./estate/estate.ts";

describe("control planes that share a database, and what befalls them", () => {
  const { hosts, applied, everywhere, allEqual } = useCluster();

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
    await applied(hosts.ctl1, sites(2, "up"));
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
    const editor = '#!/bin/sh\nuntil test -e /root/go; do sleep 0.05; done\nsed -i "s/two/$WHO/" "$1"\n';
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
    await applied(hosts.ctl1, sites(3, "counted"));
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

  test("PostgreSQL started anew under load: every change is made or refused, and none is half made", async () => {
    const outcomes: number[] = [];
    const restart = hosts.ctl3.must("systemctl", "restart", hosts.ctl3.release.postgres.unit);
    for (let round = 0; round < 12; round++)
      outcomes.push((await hosts[controls[round % 2]!].apply(sites(2, `pg-${round}`))).code);
    await restart;
    const isTaken = async () => (await hosts.ctl1.apply(sites(2, "pg-last"))).code === 0;
    await eventually("changes are taken again", isTaken, recovery);
    await everywhere("s1.example.com", "pg-last");
    await allEqual();
    assert.match((await hosts.ctl1.upkeep("history", "--verify")).stdout, /The audit log is whole/);
  });

  test("a PostgreSQL that does not answer is told of, and asked again", async () => {
    await hosts.ctl3.must("pkill", "-STOP", "-x", "postgres");
    const { code, stderr } = await hosts.ctl1.upkeep("status");
    await hosts.ctl3.must("pkill", "-CONT", "-x", "postgres");
    assert.equal(code, 1);
    assert.match(stderr, /the database has not answered for (30|5) s/);
    await applied(hosts.ctl1, sites(2, "answers"));
    await allEqual();
  });
});
