import assert from "node:assert/strict";
import type { TestHost } from "../../lab/lab.ts";
import { eventually } from "./estate/estate.ts";
import { behavesLikeKind } from "./kind/behaves-like-kind.ts";
import { start } from "./pools/name-servers.ts";

/** As its owner wrote it. */
const zone = `$TTL 300
@\tIN SOA ns1.example.com. hostmaster.example.com. ( 2026112101 3600 600 86400 300 ) ; serial first
\tIN NS ns1
ns1\tIN A 198.51.100.10
mail\tIN A 203.0.113.25
`;

const here = "198.51.100.10";

async function gives(host: TestHost, ...addresses: readonly string[]): Promise<void> {
  const dig = async (name: string) =>
    (await host.exec(["dig", "+short", "+time=1", "@127.0.0.1", name, "A"])).stdout.split("\n").filter(Boolean).sort();
  let found: readonly string[] = [];
  await eventually(
    `www.example.com is ${addresses}`,
    async () => {
      found = await dig("www.example.com");
      return found.join() === [...addresses].sort().join();
    },
    30_000,
    () => found.join(),
  );
  assert.deepEqual(await dig("mail.example.com"), ["203.0.113.25"]);
}

const pool = (...addresses: readonly string[]) => ({
  zone: "example.com",
  addresses,
  check: { tcp: 53 },
  every: "200ms",
  timeout: "200ms",
  ttl: 30,
});

behavesLikeKind("a pool of addresses", {
  kind: "DnsPool",
  packages: "full",
  async prepare(host) {
    host.write("/etc/bind/db.example.com", zone);
    host.write(
      "/etc/bind/named.conf.local",
      'zone "example.com" { type master; file "/etc/bind/db.example.com"; };\nzone "example.org" { type master; file "/etc/bind/db.example.org"; };\n',
    );
    host.write(
      "/etc/bind/named.conf.options",
      'options { directory "/var/cache/bind"; recursion no; listen-on { any; }; dnssec-validation no; };\n',
    );
    host.write("/etc/bind/db.example.org", zone.replaceAll("example.com", "example.org"));
    await host.must("systemctl", "disable", "--now", "knot", "pdns");
    await host.must("systemctl", "enable", "--quiet", "named");
    await host.must("systemctl", "stop", "named");
    await start(host, "named");
  },
  others: { "/etc/bind/db.own": zone },
  before: [
    { kind: "Jail", name: "scan" },
    { kind: "Notification", name: "zz", spec: { webhook: { url: "http://127.0.0.1:9/" }, events: ["mail limit"] } },
  ],
  name: "www.example.com",
  good: pool(here),
  changed: pool(here, "127.0.0.1"),
  neighbour: { name: "aaa.example.com", spec: pool(here) },
  refused: { spec: { ...pool(here), minUp: 3 }, says: /spec\.minUp: is more than there are addresses/ },
  isThere: (host) => gives(host, here),
  isChanged: (host) => gives(host, here, "127.0.0.1"),
  isGone: (host) => gives(host),
  // The guard writes there what answers.
  moves: [/^\/etc\/bind\/upkeep\/example\.com\/.*(soa|records)(\.(new|zone))?$/],
  leaves: [
    {
      name: /^\/etc\/bind\/db\.example\.com$/,
      because: "its serial has to be ahead of all that secondaries have seen",
    },
  ],
});
