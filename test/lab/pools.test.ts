import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Lab, openLab, type TestHost } from "../../lab/lab.ts";
import { eventually } from "./estate/estate.ts";
import { start, stopAll } from "./pools/name-servers.ts";

/** As its owner wrote it. */
const zone = `$TTL 300
@\tIN SOA ns1.example.com. hostmaster.example.com. (
\t\t2026112101 ; serial
\t\t3600 600 86400 300 )
\tIN NS ns1
@\tIN A 203.0.113.1 ; the one machine that there was
\tIN MX 10 mail
*\tIN A 203.0.113.1
ns1\tIN A 198.51.100.10
mail\tIN A 203.0.113.25
`;

let lab: Lab<"ns1" | "ns2" | "web1" | "web2">;
let ns1: TestHost;
let ns2: TestHost;
let webs: readonly TestHost[];

const pool = (more = "") =>
  `kind: DnsPool\nname: www.example.com\nspec:\n  zone: example.com\n  records: ["@", "*"]\n  addresses: [${webs
    .map(({ address }) => address)
    .join(
      ", ",
    )}]\n  check: {http: /healthz}\n  every: 200ms\n  timeout: 200ms\n  ttl: 30\n  damping: {changes: 50}\n${more}`;
const apply = async (yaml: string) => {
  const { code, stdout, stderr } = await ns1.apply(yaml);
  assert.equal(code, 0, stdout.slice(-3000) + stderr);
  return stdout;
};
const ask = async (host: TestHost, ...question: string[]) =>
  (await host.must("dig", "+short", "+time=1", "@127.0.0.1", ...question)).trim().split("\n").sort();
const serialOf = async (host: TestHost) => Number((await ask(host, "example.com", "SOA"))[0]!.split(" ")[2]);
const given = (host: TestHost, name = "example.com") => ask(host, name, "A");
const giving = (what: string, ...hosts: readonly TestHost[]) =>
  eventually(
    what,
    async () =>
      (await given(ns1)).join() ===
      hosts
        .map(({ address }) => address)
        .sort()
        .join(),
    15_000,
    () => "",
  );

before(async () => {
  lab = await openLab({ ns1: "none", ns2: "none", web1: "nginx", web2: "nginx" }, { packages: "full" });
  ({ ns1, ns2 } = lab.hosts);
  webs = [lab.hosts.web1, lab.hosts.web2];
  for (const web of webs) web.write("/var/www/html/healthz", "well");
  ns1.write("/etc/bind/db.example.com", zone);
  ns1.write(
    "/etc/bind/named.conf.local",
    `zone "example.com" { type master; file "/etc/bind/db.example.com"; notify explicit; also-notify { ${ns2.address}; }; allow-transfer { any; }; };\n`,
  );
  ns2.write(
    "/etc/bind/named.conf.local",
    `zone "example.com" { type slave; file "/var/cache/bind/db.example.com"; masters { ${ns1.address}; }; };\n`,
  );
  for (const host of [ns1, ns2]) {
    host.write(
      "/etc/bind/named.conf.options",
      'options { directory "/var/cache/bind"; recursion no; listen-on { any; }; dnssec-validation no; };\n',
    );
    await stopAll(host);
    await start(host, "named");
    await eventually(
      "it serves the zone",
      async () => (await host.exec(["dig", "+short", "@127.0.0.1", "example.com", "SOA"])).stdout !== "",
    );
  }
});
after(() => lab?.close());

describe("a pool of addresses, published by the BIND that is there already", () => {
  test("the plan shows what becomes of the zone's file, and until then nothing does", async () => {
    const { code, stdout } = await ns1.exec(["/opt/upkeep/upkeep", "plan", "-"], pool());
    assert.equal(code, 2, stdout);
    assert.match(stdout, /~ insertion \/etc\/bind\/db\.example\.com/);
    assert.match(stdout, /\+\$INCLUDE "\/etc\/bind\/upkeep\/example\.com\/soa" ; Upkeep/);
    assert.deepEqual(await given(ns1), ["203.0.113.1"]);
  });

  test("its addresses are served under its names, and everything else as before", async () => {
    await apply(pool());
    for (const name of ["example.com", "anything.example.com"])
      assert.deepEqual(await given(ns1, name), webs.map(({ address }) => address).sort());
    assert.deepEqual(await ask(ns1, "mail.example.com", "A"), ["203.0.113.25"]);
    assert.deepEqual(await ask(ns1, "example.com", "MX"), ["10 mail.example.com."]);
    assert.deepEqual(await ask(ns1, "ns1.example.com", "A"), ["198.51.100.10"]);
    await eventually("its checks have looked", async () =>
      /up .*published/.test((await ns1.upkeep("pool", "status")).stdout),
    );
    assert.ok((await serialOf(ns1)) > 2026112101);
  });

  test("nothing changes while nothing changes: no serial, no reload", async () => {
    const before = await serialOf(ns1);
    await ns1.must("systemctl", "restart", "upkeep-watches");
    await eventually("its checks have looked again", async () =>
      /answers 200/.test((await ns1.upkeep("pool", "status")).stdout),
    );
    assert.equal(await serialOf(ns1), before);
  });

  test("one that fails is taken out, the secondary has it at once, and it comes back", async (context) => {
    const before = await serialOf(ns1);
    const began = performance.now();
    await webs[0]!.must("systemctl", "stop", "nginx");
    await giving("the other alone is given", webs[1]!);
    context.diagnostic(
      `${Math.round(performance.now() - began)} ms after it was stopped, of which three checks take 400 to 600`,
    );
    await eventually("the secondary knows", async () => (await given(ns2)).join() === webs[1]!.address);
    assert.equal(await serialOf(ns2), await serialOf(ns1));
    assert.ok((await serialOf(ns1)) > before);
    const { stdout } = await ns1.upkeep("pool", "status");
    assert.match(stdout, new RegExp(`${webs[0]!.address} +down +held back +connection refused`));
    assert.match(
      (await ns1.upkeep("events")).stdout,
      new RegExp(`published +www\\.example\\.com: ${webs[1]!.address} \\(serial`),
    );
    await start(webs[0]!, "nginx");
    await giving("both are given again", ...webs);
  });

  test("what answers, but not as it should, is down", async () => {
    await webs[0]!.must("rm", "/var/www/html/healthz");
    await giving("it is taken out", webs[1]!);
    assert.match((await ns1.upkeep("pool", "status")).stdout, /down +held back +answers 404/);
    webs[0]!.write("/var/www/html/healthz", "well");
    await giving("it is back", ...webs);
  });

  test("its owner edits the zone and thinks of no serial: it is served, here and by the secondary", async () => {
    const before = await serialOf(ns1);
    const text = await ns1.must("cat", "/etc/bind/db.example.com");
    ns1.write("/etc/bind/db.example.com", `${text}new\tIN A 203.0.113.99\n`);
    for (const host of [ns1, ns2])
      await eventually("it is served", async () => (await given(host, "new.example.com")).join() === "203.0.113.99");
    assert.ok((await serialOf(ns1)) > before);
    ns1.write("/etc/bind/db.example.com", text);
    await eventually("and gone again", async () => (await given(ns2, "new.example.com")).join() !== "203.0.113.99");
  });

  test("when everything looks dead, what was published stays, with an alarm", async () => {
    for (const web of webs) await web.must("systemctl", "stop", "nginx");
    await eventually("there is an alarm", async () =>
      /pool alarm .*0 of 2 addresses seem to be up/.test((await ns1.upkeep("events")).stdout),
    );
    assert.ok((await given(ns1)).length > 0);
    for (const web of webs) await start(web, "nginx");
    await giving("both are given", ...webs);
    await eventually("it is over", async () =>
      /enough addresses are up again/.test((await ns1.upkeep("events")).stdout),
    );
  });

  test("a person takes one out, for as long as they say", async () => {
    const { code, stdout, stderr } = await ns1.upkeep(
      "pool",
      "drain",
      "www.example.com",
      webs[0]!.address,
      "--for",
      "1h",
    );
    assert.equal(code, 0, stdout + stderr);
    await giving("the other alone is given", webs[1]!);
    assert.match((await ns1.upkeep("pool", "status")).stdout, /out until/);
    assert.equal((await ns1.upkeep("pool", "undrain", "www.example.com", webs[0]!.address)).code, 0);
    await giving("both are given", ...webs);
    const wrong = await ns1.upkeep("pool", "drain", "www.example.com", "192.0.2.1");
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /192\.0\.2\.1 is none of www\.example\.com's addresses/);
  });

  test("whoever asks is told how it has been, and how long a dead one may still be given", async () => {
    const { stdout } = await ns1.upkeep("pool", "history", "www.example.com", "--since", "1h");
    assert.match(stdout, new RegExp(`${webs[0]!.address} +[█▆▂·]{60} +\\d+(\\.\\d+)? %`));
    assert.match(stdout, new RegExp(`${webs[0]!.address} down +connection refused`));
    const explained = (await ns1.upkeep("pool", "explain", "www.example.com")).stdout;
    assert.match(explained, /Resolvers may remember it for another 30 s/);
  });
});

describe("figures", () => {
  const parser =
    "import sys; from prometheus_client.parser import text_string_to_metric_families as read\nfor family in read(sys.stdin.read()):\n  for sample in family.samples: print(sample.name, sorted(sample.labels.items()), sample.value)";

  test("are what Prometheus' own client reads", async () => {
    const { stdout, code } = await ns1.upkeep("metrics");
    assert.equal(code, 0);
    const read = await ns1.exec(["python3", "-c", parser], stdout);
    assert.equal(read.code, 0, read.stderr);
    const address = `[('address', '${webs[0]!.address}'), ('pool', 'www.example.com')]`;
    for (const line of [
      `upkeep_pool_address_up ${address} 1.0`,
      `upkeep_pool_address_published ${address} 1.0`,
      "upkeep_resources [('condition', 'Applied')] 1.0",
    ])
      assert.ok(read.stdout.split("\n").includes(line), read.stdout);
    assert.match(read.stdout, /upkeep_last_event_timestamp_seconds \[\('event', 'pool alarm'\)\] \d/);
  });

  test("are put into a file for whoever collects files", async () => {
    assert.equal((await ns1.upkeep("metrics", "--write", "/root/upkeep.prom")).code, 0);
    assert.match(await ns1.must("cat", "/root/upkeep.prom"), /^upkeep_info\{version="[^"]+"\} 1$/m);
    assert.equal((await ns1.upkeep("metrics", "--write", "/nowhere/upkeep.prom")).code, 1);
  });
});

describe("whatever happens", () => {
  test("what BIND refuses is not published, and what was served is served", async () => {
    const rndc = (await ns1.must("which", "rndc")).trim();
    await ns1.must("mv", rndc, `${rndc}.away`);
    ns1.write(rndc, "#!/bin/sh\necho 'rndc: connect failed: connection refused' >&2\nexit 1\n", 0o755);
    const before = await serialOf(ns1);
    await webs[0]!.must("systemctl", "stop", "nginx");
    const journal = () => ns1.must("journalctl", "--unit=upkeep-watches", "--no-pager", "--lines=20");
    await eventually("it is told", async () =>
      /rndc reload example\.com: .*connect failed.*tried again/.test(await journal()),
    );
    assert.equal((await given(ns1)).length, 2);
    assert.equal(await serialOf(ns1), before);
    await ns1.must("mv", `${rndc}.away`, rndc);
    await giving("it is published once it can be", webs[1]!);
    await start(webs[0]!, "nginx");
    await giving("both are given", ...webs);
  });

  test("it goes on as it was after a power failure", async () => {
    await webs[0]!.must("systemctl", "stop", "nginx");
    await giving("one is out", webs[1]!);
    const before = await serialOf(ns1);
    await lab.cut("ns1");
    ns1 = await lab.boot("ns1");
    await stopAll(ns1);
    await start(ns1, "named");
    await eventually(
      "it answers",
      async () => (await ns1.exec(["dig", "+short", "@127.0.0.1", "example.com", "SOA"])).stdout !== "",
    );
    assert.deepEqual(await given(ns1), [webs[1]!.address]);
    assert.equal(await serialOf(ns1), before);
    await start(webs[0]!, "nginx");
    await giving("both are given", ...webs);
  });

  test("what cannot be is refused in words, and changes nothing", async () => {
    for (const [more, says] of [
      ["  minUp: 3\n", /spec\.minUp: is more than there are addresses/],
      ["  fall: 0\n", /spec\.fall/],
      ["  zone: example.org\n", /there twice|duplicat/i],
    ] as const) {
      const { code, stderr, stdout } = await ns1.apply(pool(more));
      assert.equal(code, 1, stdout);
      assert.match(stderr, says);
    }
    const command = await ns1.apply(pool().replace("{http: /healthz}", "{command: disk}"));
    assert.match(command.stdout, /the check disk is not allowed on this host/);
    await apply(pool());
  });

  test("with the pool its lines go, and the serial is ahead of all that was served", async () => {
    const before = await serialOf(ns1);
    const { code, stdout, stderr } = await ns1.upkeep("delete", "DnsPool", "www.example.com");
    assert.equal(code, 0, stdout + stderr);
    await eventually("the zone is its owner's", async () => (await given(ns1)).join() === "203.0.113.1");
    const text = await ns1.must("cat", "/etc/bind/db.example.com");
    const serial = Number(/(\d+) ; serial/.exec(text)![1]);
    assert.equal(text, zone.replace("2026112101", String(serial)));
    assert.ok(serial > before, `${serial} after ${before}`);
    assert.equal((await ns1.exec(["ls", "/etc/bind/upkeep"])).code, 2);
    await eventually("the secondary follows", async () => (await serialOf(ns2)) === serial);
  });
});
