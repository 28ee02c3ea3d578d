import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { TestHost } from "../../lab/lab.ts";
import { bucketStream, reportStream } from "../../src/bus/subjects.ts";
import { recovery, webs } from "./estate/cluster.ts";
import { site, sites, useCluster } from "./estate/cluster-tests.ts";
import { eventually } from "./estate/estate.ts";

/** Asks a host's own database, or changes it behind its agent's back. */
const ask = (host: TestHost, statement: string): Promise<string> =>
  host.must(
    ...(["/opt/upkeep/node_modules/.bin/node", "--disable-warning=ExperimentalWarning", "-e"] as const),
    "const { DatabaseSync } = require('node:sqlite');" +
      "const database = new DatabaseSync('/var/lib/upkeep/host.db');" +
      "process.stdout.write(JSON.stringify(database.prepare(process.argv[1]).all()))",
    statement,
  );

describe("a bus of three servers, and what befalls it", () => {
  const { hosts, applied, version, everywhere, allEqual } = useCluster();

  test("one NATS server lost: changes go on; most of them lost: they wait, and nothing is lost", async () => {
    await applied(hosts.ctl1, sites(3, "with-all"));
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
      recovery,
    );
    await allEqual();
  });

  test("a stream of the bus that takes nothing any longer is made anew, and all that it did not take comes through", async () => {
    await applied(hosts.ctl1, sites(3, "before"));
    const streams = [bucketStream("web1"), reportStream];
    const onBus = (script: string) =>
      hosts.ctl1.must("/opt/upkeep/node_modules/.bin/node", `/opt/upkeep/test/lab/estate/${script}.ts`, ...streams);
    const made = await onBus("streams-made");
    await onBus("deafen-streams");
    const { code, stderr } = await hosts.ctl2.apply(sites(3, "taken"), "--no-wait");
    assert.equal(code, 0, stderr);
    // Other hosts' streams are well.
    const others = webs.filter((web) => bucketStream(web) !== bucketStream("web1"));
    assert.notDeepEqual(others, []);
    await eventually("other hosts serve it", async () => {
      for (const web of others) if ((await version(hosts[web], "s1.example.com")) !== "taken") return false;
      return true;
    });
    await everywhere("s1.example.com", "taken");
    await allEqual();
    // Nothing else has made them hear again.
    const [before, now] = [made, await onBus("streams-made")].map((text) => text.trim().split("\n"));
    assert.equal(now!.length, streams.length);
    assert.deepEqual(
      now!.filter((time) => before!.includes(time)),
      [],
    );
  });
});
