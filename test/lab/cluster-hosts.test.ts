import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { absence } from "../../src/bus/heartbeat.ts";
import { site, sites, useCluster } from "./estate/cluster-tests.ts";
import { eventually, joinHost, upkeep } from "./estate/estate.ts";

describe("hosts of a cluster, and what befalls them", () => {
  const { hosts, cut, boot, applied, version, everywhere, allEqual } = useCluster();

  test("a host that was cut off catches up with 500 changes", async () => {
    await hosts.web3.must("ip", "link", "set", "host0", "down");
    await eventually(
      "that is noticed",
      async () => /web3 +\d+ s ago/.test((await hosts.ctl1.upkeep("host", "list")).stdout),
      absence + 30_000,
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
    await applied(hosts.ctl1, [site("s0.example.com", "room"), site("c24.example.com", "room")].join("---\n"));
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
    await cut("web1");
    await change;
    await boot("web1");
    await everywhere("c20.example.com", "power");
    await allEqual();
  });

  test("a host that is set up anew under its old name gets everything again", async () => {
    await applied(hosts.ctl1, site("s0.example.com", "anew"));
    await hosts.web2.must("systemctl", "disable", "--now", "upkeep-agent");
    await hosts.web2.must("rm", "-rf", "/var/lib/upkeep", "/etc/apache2/upkeep", "/etc/upkeep/agent.yaml");
    await hosts.web2.must("find", "/etc/apache2", "-name", "*upkeep*", "-delete");
    await hosts.web2.must("systemctl", "restart", "apache2");
    await joinHost(hosts.ctl2, hosts.web2);
    await everywhere("s0.example.com", "anew");
    await allEqual();
  });
});
