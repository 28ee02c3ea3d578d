import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { type Lab, openLab, type TestHost } from "../../lab/lab.ts";
import { eventually } from "./estate/estate.ts";
import { start, stopAll } from "./pools/name-servers.ts";

const secret = randomBytes(32).toString("base64");
const zone = `$TTL 300
@ IN SOA ns1.example.com. hostmaster.example.com. 2026112101 3600 600 86400 300
@ IN NS ns1
ns1 IN A 198.51.100.10
www IN A 203.0.113.1
mail IN A 203.0.113.25
`;

/** A name server that takes changes over the network, as its owner has set it up. */
interface Server {
  readonly unit: string;
  readonly publish: string;
  readonly prepare: (host: TestHost) => Promise<void>;
}

const byUpdate = `{update: {key: {name: upkeep, secret: "${secret}"}}}`;

const servers: Readonly<Record<string, Server>> = {
  "BIND, by RFC 2136": {
    unit: "named",
    publish: byUpdate,
    async prepare(host) {
      host.write("/var/lib/bind/db.example.com", zone);
      await host.must("chown", "-R", "bind:", "/var/lib/bind");
      host.write(
        "/etc/bind/named.conf.local",
        `key "upkeep" { algorithm hmac-sha256; secret "${secret}"; };\nzone "example.com" { type master; file "/var/lib/bind/db.example.com"; update-policy { grant upkeep zonesub ANY; }; };\n`,
      );
    },
  },
  "Knot, by RFC 2136": {
    unit: "knot",
    publish: byUpdate,
    async prepare(host) {
      host.write("/var/lib/knot/example.com.zone", zone);
      await host.must("chown", "-R", "knot:", "/var/lib/knot");
      host.write(
        "/etc/knot/knot.conf",
        [
          "server:\n    rundir: /run/knot\n    user: knot:knot\n    listen: 0.0.0.0@53",
          "database:\n    storage: /var/lib/knot",
          `key:\n  - id: upkeep\n    algorithm: hmac-sha256\n    secret: ${secret}`,
          "acl:\n  - id: upkeep\n    key: upkeep\n    action: update",
          "zone:\n  - domain: example.com\n    storage: /var/lib/knot\n    file: example.com.zone\n    acl: upkeep\n",
        ].join("\n"),
      );
    },
  },
  "PowerDNS, by its API": {
    unit: "pdns",
    publish: "{powerdns: {apiKey: top-secret}}",
    async prepare(host) {
      const database = "/var/lib/powerdns/pdns.sqlite3";
      host.write(
        "/etc/powerdns/pdns.conf",
        `launch=gsqlite3\ngsqlite3-database=${database}\napi=yes\napi-key=top-secret\nwebserver=yes\nwebserver-address=127.0.0.1\nlocal-address=0.0.0.0\nsetuid=pdns\nsetgid=pdns\n`,
      );
      host.write("/root/example.com.zone", zone);
      const schema = "/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql";
      await host.must("sh", "-c", `rm -f ${database} && sqlite3 ${database} < ${schema}`);
      await host.must("pdnsutil", "load-zone", "example.com", "/root/example.com.zone");
      await host.must("pdnsutil", "set-meta", "example.com", "SOA-EDIT-API", "DEFAULT");
      await host.must("chown", "-R", "pdns:", "/var/lib/powerdns");
    },
  },
};

for (const [name, { unit, publish, prepare }] of Object.entries(servers))
  describe(`a pool published by ${name}`, () => {
    let lab: Lab<"ns1" | "web1">;
    let ns1: TestHost;
    let web1: TestHost;
    const second = "198.51.100.77";
    before(async () => {
      lab = await openLab({ ns1: "none", web1: "nginx" }, { packages: "full" });
      ({ ns1, web1 } = lab.hosts);
      await web1.must("ip", "address", "add", `${second}/24`, "dev", "host0");
      await stopAll(ns1);
      await prepare(ns1);
      await start(ns1, unit);
      await eventually("it serves the zone", async () => (await ask("mail")).join() === "203.0.113.25");
    });
    after(() => lab?.close());

    const ask = async (owner: string) => {
      const { stdout } = await ns1.exec([
        "dig",
        "+short",
        "+time=1",
        "+tries=1",
        "@127.0.0.1",
        `${owner}.example.com`,
        "A",
      ]);
      return stdout.trim().split("\n").sort();
    };
    const serial = async () =>
      Number((await ns1.must("dig", "+short", "@127.0.0.1", "example.com", "SOA")).split(" ")[2]);
    const giving = (what: string, ...addresses: string[]) =>
      eventually(what, async () => (await ask("www")).join() === addresses.sort().join());
    const pool = (how = publish) =>
      `kind: DnsPool\nname: www.example.com\nspec:\n  zone: example.com\n  addresses: [${web1.address}, ${second}]\n  check: {tcp: 80}\n  every: 200ms\n  timeout: 150ms\n  publish: ${how}\n`;

    test("gives out those that answer, under a serial that is ahead, and everything else as before", async () => {
      const before = await serial();
      const { code, stdout, stderr } = await ns1.apply(pool());
      assert.equal(code, 0, stdout + stderr);
      await giving("both are given", web1.address, second);
      assert.deepEqual(await ask("mail"), ["203.0.113.25"]);
      assert.ok((await serial()) > before);
      await web1.must(
        "nft",
        `add table inet away; add chain inet away in { type filter hook input priority 0; }; add rule inet away in ip daddr ${second} tcp dport 80 drop`,
      );
      await giving("one is out", web1.address);
      await web1.must("nft", "delete", "table", "inet", "away");
      await giving("both are given again", web1.address, second);
    });

    test("takes back what somebody else has written there", async () => {
      await ns1.must("systemctl", "stop", "upkeep-watches", unit);
      await ns1.must("sh", "-c", "rm -rf /var/lib/bind/*.jnl /var/lib/knot/journal");
      await prepare(ns1);
      await start(ns1, unit);
      await eventually("it is as it was", async () => (await ask("www")).join() === "203.0.113.1");
      await start(ns1, "upkeep-watches");
      await giving("both are given", web1.address, second);
    });

    test("keeps its secret to itself", async () => {
      const hidden = unit === "pdns" ? "top-secret" : secret;
      for (const words of [["plan"], ["events"], ["pool", "status"]])
        assert.ok(!(await ns1.upkeep(...words)).stdout.includes(hidden), words.join(" "));
      assert.match(await ns1.must("stat", "--format=%a %U", "/etc/upkeep/pools/www.example.com.json"), /^600 root/);
    });

    test("says what the server says, when that refuses", async () => {
      const wrong =
        unit === "pdns"
          ? "{powerdns: {apiKey: not-the-secret}}"
          : byUpdate.replace(secret, randomBytes(32).toString("base64"));
      assert.equal((await ns1.apply(pool(wrong).replace(second, "192.0.2.1"))).code, 0);
      const journal = () => ns1.must("journalctl", "--unit=upkeep-watches", "--no-pager", "--lines=30");
      await eventually("it is told", async () =>
        /(refuses the update|PowerDNS answers 401).*tried again/s.test(await journal()),
      );
    });
  });
