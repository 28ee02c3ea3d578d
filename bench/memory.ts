import { setTimeout as pause } from "node:timers/promises";
import type { TestHost } from "../lab/lab.ts";
import { awaitHosts, eventually, openEstate } from "../test/lab/estate/estate.ts";
import type { Figure } from "./figures.ts";
import type { Bench } from "./index.ts";
import type { Process } from "./memory/processes.ts";

/** On the host itself, and nobody else's: what a process shares with those of other hosts would not be counted. */
export const program = "/srv/upkeep";

const zone = `$TTL 300
@ IN SOA ns1.example.com. hostmaster.example.com. 1 3600 600 86400 300
@ IN NS ns1
ns1 IN A 127.0.0.1
`;

const records = `kind: Jail
name: sshd
host: web1
---
kind: KeyWatch
name: ssh
host: web1
---
kind: DnsPool
name: www.example.com
host: web1
spec:
  zone: example.com
  addresses: [127.0.0.1, 127.0.0.2]
  check: {http: {path: /}}
`;

/** All that runs all the time on a host of an estate: an agent, and the watches of a jail, of keys and of a pool. */
export const memory: Bench = {
  name: "memory",
  title: "Memory at rest",
  async run(_host, progress) {
    const { host, close } = await openWatchedHost();
    try {
      progress("until it is at rest");
      const all = await processesAtRest(host);
      for (const line of tableOf(all)) progress(line);
      const sum = (of: (process: Process) => number) => all.map(of).reduce((one, other) => one + other) / 1024;
      return [
        {
          name: "memory-all",
          says: `all of Upkeep's processes on a host of an estate with a jail, a key watch and a pool, at rest: memory, what they share counted once (${all.map((each) => `${nameOf(each)} ${megabytes(each.pss)}`).join(", ")})`,
          value: sum(({ pss }) => pss),
          unit: "MB",
          goal: { atMost: 150 },
        },
        {
          name: "memory-resident",
          says: "the same, what they share counted for each of them",
          value: sum(({ rss }) => rss),
          unit: "MB",
          goal: {},
        },
      ] satisfies readonly Figure[];
    } finally {
      close();
    }
  },
};

/** A control plane, and a host that has joined it with a program of its own. */
export async function openWatchedHost(): Promise<{ host: TestHost; control: TestHost; close(): void }> {
  const { control, hosts, close } = await openEstate([], { machines: ["web1"], packages: "full" });
  try {
    const host = hosts.web1;
    await host.must("cp", "--archive", "/opt/upkeep", program);
    host.write("/etc/bind/db.example.com", zone);
    host.write("/etc/bind/named.conf.local", 'zone "example.com" { type master; file "/etc/bind/db.example.com"; };\n');
    await host.must("systemctl", "restart", "named", "ssh");
    await control.must("/opt/upkeep/upkeep", "host", "add", "web1");
    const token = await control.must("/opt/upkeep/upkeep", "host", "token", "web1", "--json");
    await host.must(`${program}/upkeep`, "install", "agent", "--token", (JSON.parse(token) as { token: string }).token);
    await awaitHosts(control, ["web1"]);
    const { code, stdout, stderr } = await control.apply(records);
    if (code !== 0) throw new Error(stdout + stderr);
    await eventually("the pool is published", async () =>
      /up .*published/.test((await host.exec([`${program}/upkeep`, "pool", "status"])).stdout),
    );
    return { host, control, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** Longer than anything waits that tidies up after work. Milliseconds. */
const quiet = 15_000;

/** Hundredths of a second that all of them together may take of that time. */
const atRest = 15;

/** What there is once nothing happens any more. */
export async function processesAtRest(host: TestHost, patience = 20): Promise<readonly Process[]> {
  const before = await processesOf(host);
  await pause(quiet);
  const after = await processesOf(host);
  const began = new Map(before.map(({ pid, ticks }) => [pid, ticks]));
  const used = after.map(({ pid, ticks }) => ticks - (began.get(pid) ?? Number.NEGATIVE_INFINITY));
  if (before.length === after.length && used.reduce((one, other) => one + other, 0) <= atRest) return after;
  if (patience === 0) throw new Error(`it does not come to rest: ${JSON.stringify(after)}`);
  return processesAtRest(host, patience - 1);
}

async function processesOf(host: TestHost): Promise<readonly Process[]> {
  const script = ["/opt/upkeep/node_modules/.bin/node", "/opt/upkeep/bench/memory/processes.ts"] as const;
  return JSON.parse(await host.must(...script)) as readonly Process[];
}

const megabytes = (kilobytes: number): string => (kilobytes / 1024).toFixed(1);

/** What it is called in the table: `agent`, `watch`, `watch --eyes`, `journalctl`. */
export const nameOf = ({ command }: Process): string =>
  /main\.[jt]s (.*)$/.exec(command)?.[1] ?? command.split(" ")[0]!.split("/").at(-1)!;

export const tableOf = (all: readonly Process[]): readonly string[] =>
  all.map(
    (each) =>
      `${nameOf(each).padEnd(16)} ${each.unit.padEnd(24)} PSS ${megabytes(each.pss).padStart(6)} (of no file ${megabytes(each.anonymous).padStart(5)})  RSS ${megabytes(each.rss).padStart(6)}`,
  );
