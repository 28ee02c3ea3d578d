import type { TestHost } from "../lab/lab.ts";
import type { Bench } from "./index.ts";

const node = "/opt/upkeep/node_modules/.bin/node";

/** Addresses that are looked at, each every second, and in how many pools they are. */
const [addresses, pools] = [5_000, 50];
const addressOf = (index: number): string => `127.1.${Math.floor(index / 250)}.${(index % 250) + 1}`;
const failing = ["127.2.0.1", "127.2.0.2", "127.2.0.3", "127.2.0.4"];

const targets = `worker_processes 1;
pid /run/targets.pid;
error_log /dev/null;
events { worker_connections 8192; }
http {
  log_format moments '$msec $server_addr';
  access_log /var/log/targets.log moments buffer=64k flush=1s;
  server { listen 8080 backlog=4096; location / { return 200 well; } }
}
`;

const zone = `$TTL 300
@ IN SOA ns1.example.com. hostmaster.example.com. 1 3600 600 86400 300
@ IN NS ns1
ns1 IN A 127.0.0.1
`;

const poolOf = (name: string, members: readonly string[]): string =>
  `kind: DnsPool\nname: ${name}.example.com\nspec:\n  zone: example.com\n  addresses: [${members.join(", ")}]\n  check: {http: {path: /, port: 8080}}\n  every: 1s\n  timeout: 500ms\n  fall: 3\n  damping: {changes: 100}\n`;

/** Failover by DNS, beside gdnsd. */
export const pool: Bench = {
  name: "pool",
  title: "DNS pools",
  packages: "peers",
  async run(host, progress) {
    await host.must("systemctl", "stop", "gdnsd");
    host.write("/root/targets.conf", targets);
    await host.must(
      "systemd-run",
      "--quiet",
      "--unit=targets",
      "nginx",
      "-c",
      "/root/targets.conf",
      "-g",
      "daemon off;",
    );
    host.write("/etc/bind/db.example.com", zone);
    host.write("/etc/bind/named.conf.local", 'zone "example.com" { type master; file "/etc/bind/db.example.com"; };\n');
    await host.must("systemctl", "restart", "named");
    const members = Array.from({ length: addresses }, (_, index) => addressOf(index));
    const size = addresses / pools;
    const all = Array.from({ length: pools }, (_, index) =>
      poolOf(`p${index}`, members.slice(index * size, (index + 1) * size)),
    );
    const { code, stdout, stderr } = await host.apply([...all, poolOf("fail", failing)].join("---\n"));
    if (code !== 0) throw new Error(stdout.slice(-2_000) + stderr);
    progress(`${addresses} addresses, each every second`);
    await host.must("sleep", "15");
    const late = await lateness(host, 30);
    const memory = await residentOf(host, "upkeep-watches.service");
    progress(
      `late by p50 ${late.median.toFixed(0)}, p99 ${late.p99.toFixed(0)} ms; ${late.checks} checks in 30 s; ${memory.toFixed(0)} MB`,
    );
    const beyond = JSON.parse(await host.must(node, "/opt/upkeep/bench/pool/fail.ts", "60")) as number[];
    const cpu = await shareOf(host, "upkeep-watches.service");
    await host.must("systemctl", "stop", "upkeep-watches", "named");
    const peer = await gdnsd(host, members, progress);
    return [
      {
        name: "pool-late",
        says: `${addresses.toLocaleString("en")} addresses asked over HTTP, each every second, with ${cpu.toFixed(0)} % of a core: how much later than that a check comes, p99`,
        value: late.p99,
        unit: "ms",
        goal: { atMost: 100 },
        peer: `gdnsd, each every two seconds (it takes no less)`,
        peerValue: peer.late,
      },
      {
        name: "pool-failover",
        says: "from an address failing until BIND gives out the others alone, beyond three checks a second apart, p99 of 60",
        value: percentile(beyond, 0.99),
        unit: "ms",
        goal: { atMost: 50 },
      },
      {
        name: "pool-memory",
        says: `the same: memory of all its processes (${memory.toFixed(0)} MB), against gdnsd's (${peer.memory.toFixed(0)} MB)`,
        value: memory / peer.memory,
        unit: "times",
        goal: { atMost: 3 },
      },
    ];
  },
};

const percentile = (values: readonly number[], part: number): number =>
  [...values].sort((one, other) => one - other)[Math.min(values.length - 1, Math.floor(part * values.length))]!;

/** How much longer than a second it takes until an address is asked again, as those who are asked see it. */
async function lateness(host: TestHost, seconds: number, every = 1_000) {
  await host.must("truncate", "--size=0", "/var/log/targets.log");
  await host.must("sleep", String(seconds));
  const lines = (await host.must("cat", "/var/log/targets.log")).split("\n");
  const last = new Map<string, number>();
  const late: number[] = [];
  for (const line of lines) {
    const [at = "", address = ""] = line.split(" ");
    const moment = 1_000 * Number(at);
    if (!address.startsWith("127.1.")) continue;
    const before = last.get(address);
    if (before !== undefined) late.push(Math.max(0, moment - before - every));
    last.set(address, moment);
  }
  return { median: percentile(late, 0.5), p99: percentile(late, 0.99), checks: late.length };
}

async function pidsOf(host: TestHost, unit: string): Promise<string[]> {
  const main = (await host.must("systemctl", "show", "--property=MainPID", "--value", unit)).trim();
  const { stdout } = await host.exec(["pgrep", "--parent", main]);
  return [main, ...stdout.trim().split("\n").filter(Boolean)];
}

async function residentOf(host: TestHost, unit: string): Promise<number> {
  let kilobytes = 0;
  for (const pid of await pidsOf(host, unit))
    kilobytes += Number(/^VmRSS:\s+(\d+)/m.exec(await host.must("cat", `/proc/${pid}/status`))?.[1] ?? 0);
  return kilobytes / 1024;
}

async function shareOf(host: TestHost, unit: string): Promise<number> {
  const ticks = async () => {
    let sum = 0;
    for (const pid of await pidsOf(host, unit)) {
      const fields = (await host.must("cat", `/proc/${pid}/stat`)).split(") ")[1]!.split(" ");
      sum += Number(fields[11]) + Number(fields[12]);
    }
    return sum;
  };
  const before = await ticks();
  await host.must("sleep", "10");
  return ((await ticks()) - before) / 10;
}

async function gdnsd(host: TestHost, members: readonly string[], progress: (text: string) => void) {
  progress("the same with gdnsd");
  const perResource = 50;
  const resources = Array.from({ length: members.length / perResource }, (_, index) => {
    const some = members.slice(index * perResource, (index + 1) * perResource);
    return `r${index} => { service_types => web, ${some.map((address, number) => `a${number} => ${address}`).join(", ")} }`;
  });
  host.write(
    "/etc/gdnsd/config",
    `options => { listen => 127.0.0.1 }\nservice_types => { web => { plugin => http_status, port => 8080, url_path => /, interval => 2, timeout => 1 } }\nplugins => { multifo => { ${resources.join("\n")} } }\n`,
  );
  const records = resources.map((_, index) => `r${index} 30 DYNA multifo!r${index}`).join("\n");
  host.write(
    "/etc/gdnsd/zones/example.com",
    `@ SOA ns1 hostmaster 1 3600 600 86400 300\n@ NS ns1\nns1 A 127.0.0.1\n${records}\n`,
  );
  await host.must("systemctl", "start", "gdnsd");
  await host.must("sleep", "15");
  const { p99, checks } = await lateness(host, 30, 2_000);
  const memory = await residentOf(host, "gdnsd.service");
  progress(`gdnsd: late by p99 ${p99.toFixed(0)} ms, ${checks} checks, ${memory.toFixed(0)} MB`);
  await host.must("systemctl", "stop", "gdnsd");
  return { late: p99, memory };
}
