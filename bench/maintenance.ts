import type { TestHost } from "../lab/lab.ts";
import { madePage, servers } from "../test/lab/maintenance/servers.ts";
import { type Figure, median, timed, undisturbed } from "./figures.ts";
import type { Bench } from "./index.ts";

interface Turn {
  readonly first: number;
  readonly whole: number;
}

const node = "/opt/upkeep/node_modules/.bin/node";

async function turns(host: TestHost, name: string, site: string, times: number): Promise<{ on: Turn[]; off: Turn[] }> {
  const text = await host.must(node, "/opt/upkeep/bench/maintenance-driver.ts", name, site, String(times));
  return JSON.parse(text) as { on: Turn[]; off: Turn[] };
}

/** Switching sites off and on, and what it costs that they could be. */
export const maintenance: Bench = {
  name: "maintenance",
  async run(host, progress) {
    return [...(await switching(host, progress)), ...(await costs(host, progress))];
  },
};

async function switching(host: TestHost, progress: (text: string) => void): Promise<Figure[]> {
  progress("1,000 sites");
  const names = Array.from({ length: 1000 }, (_, index) => `s${index}.example.com`);
  host.write(
    "/root/sites.yaml",
    names.map((name) => `kind: Site\nname: ${name}\nspec: {user: many, logs: shared}\n`).join("---\n"),
  );
  host.write(
    "/root/maintenance.yaml",
    `kind: Maintenance\nname: one\nspec: {sites: [s7.example.com]}\n---\nkind: Maintenance\nname: thousand\nspec: {sites: ${JSON.stringify(names)}}\n`,
  );
  await host.must("/opt/upkeep/upkeep", "apply", "/root/sites.yaml", "/root/maintenance.yaml");
  progress("switching one");
  const one = await undisturbed(() => turns(host, "one", "s7.example.com", 12));
  progress("switching 1,000");
  const thousand = await undisturbed(() => turns(host, "thousand", "s999.example.com", 4));
  progress("whole commands");
  await host.must("/opt/upkeep/upkeep", "maintenance", "on", "one");
  const command: number[] = [];
  const say = (verb: string) => timed(() => host.must("/opt/upkeep/upkeep", "maintenance", verb, "one"));
  for (let round = 0; round < 10; round++)
    command.push(...(await undisturbed(async () => [await say("off"), await say("on")])));
  await host.must("/opt/upkeep/upkeep", "maintenance", "off", "one");
  await host.must("/opt/upkeep/upkeep", "delete", "Maintenance", "one", "thousand");
  await host.must("/opt/upkeep/upkeep", "delete", "Site", ...names);
  progress(`one: ${JSON.stringify(one)}; 1,000: ${JSON.stringify(thousand)}; command: ${command.map(Math.round)}`);
  const middle = (of: readonly Turn[], which: keyof Turn) => median(of.slice(1).map((turn) => turn[which]));
  return [
    figure(
      "maintenance-on",
      "one site: from the decision in a running process to the first 503",
      middle(one.on, "first"),
      "ms",
      { atMost: 25 },
    ),
    figure(
      "maintenance-off",
      "one site: from the decision in a running process to the first real answer",
      middle(one.off, "first"),
      "ms",
      { atMost: 25 },
    ),
    figure("maintenance-command", "`upkeep maintenance on` and `off`, whole command", median(command), "ms", {
      atMost: 300,
    }),
    figure("maintenance-thousand-on", "1,000 sites on, all written down", middle(thousand.on, "whole"), "ms", {
      atMost: 1000,
    }),
    figure("maintenance-thousand-off", "1,000 sites off, all written down", middle(thousand.off, "whole"), "ms", {
      atMost: 1000,
    }),
  ];
}

/** What is asked of a server, and where it answers without Upkeep's lines. */
interface Compared {
  readonly ways: readonly Way[];
  readonly port: number;
  readonly site: string;
  readonly also?: (host: TestHost) => Promise<void>;
}

/** Of those that look for a file: a small page of the kind that sites are made of; and the least that can be asked for. */
const lookingForFile = (process: string): readonly Way[] => [
  {
    path: madePage,
    says: "a page of 30 kB that PHP makes, PHP's included,",
    process: `${process}|php-fpm`,
    goal: { atMost: 3 },
  },
  { path: "/", says: "ten bytes", process, goal: {} },
];

/** Of those that look into their memory. */
const lookingIntoMemory = (process: string): readonly Way[] => [
  { path: "/", says: "ten bytes", process, goal: { atMost: 3 } },
];

const otherSite = (process: string): Compared => ({
  ways: lookingForFile(process),
  port: 80,
  site: "other.example.com",
});

/** The same server, in the same run, with and without: another site of it, another port, or a second one beside it. */
const compared: Readonly<Record<string, Compared>> = {
  apache: otherSite("apache2"),
  nginx: otherSite("nginx"),
  caddy: otherSite("caddy"),
  lighttpd: {
    ways: lookingForFile("lighttpd"),
    port: 81,
    site: "shop.example.com",
    async also(host) {
      host.write(
        "/etc/lighttpd/conf-enabled/90-without.conf",
        '$SERVER["socket"] == ":81" { magnet.attract-raw-url-to = () }\n',
      );
      await host.must("systemctl", "restart", "lighttpd");
    },
  },
  haproxy: {
    ways: lookingIntoMemory("haproxy"),
    port: 81,
    site: "shop.example.com",
    async also(host) {
      const text = await host.must("cat", "/etc/haproxy/haproxy.cfg");
      // It answers by itself: a backend would be the slower of the two, and leave HAProxy waiting.
      const itself = text.replace(
        "server one 127.0.0.1:9000",
        'http-request return status 200 content-type text/plain string "real shop"',
      );
      host.write("/etc/haproxy/haproxy.cfg", `${itself}\nfrontend without\n\tbind :81\n\tdefault_backend app\n`);
      await host.must("systemctl", "restart", "haproxy");
    },
  },
  varnish: {
    ways: lookingIntoMemory("cache-main|varnishd"),
    port: 6083,
    site: "shop.example.com",
    async also(host) {
      host.write("/etc/varnish/without.vcl", 'vcl 4.1;\nbackend default { .host = "127.0.0.1"; .port = "9000"; }\n');
      await host.must(
        "systemd-run",
        "--quiet",
        "--unit=without",
        "varnishd",
        "-F",
        "-n",
        "without",
        "-a",
        ":6083",
        "-f",
        "/etc/varnish/without.vcl",
        "-s",
        "malloc,256m",
      );
    },
  },
};

const units = ["apache2", "nginx", "varnish", "lighttpd", "haproxy", "caddy"];

/** What a request costs a server while the switch is off: processor time, which a busy neighbour disturbs least. */
async function costs(host: TestHost, progress: (text: string) => void): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { server, port, prepare } of servers) {
    if (!server) continue;
    const { ways, port: otherPort, site, also } = compared[server]!;
    progress(`${server}: with and without`);
    for (const unit of units) await host.must("systemctl", "stop", unit);
    // What stands behind a server that passes requests on; each brings its own.
    await host.exec(["systemctl", "stop", "backend"]);
    await prepare(host);
    const { code, stdout, stderr } = await host.apply(
      `kind: Maintenance\nname: cost\nspec: {server: ${server}, sites: [shop.example.com]}\n`,
    );
    if (code !== 0) throw new Error(stdout + stderr);
    await also?.(host);
    for (const each of [port, otherPort]) await host.answers(each);
    for (const way of ways) {
      const having = { ...way, port, site: "shop.example.com" };
      const lacking = { ...way, port: otherPort, site };
      const times = new Map<Asked, number[]>([
        [having, []],
        [lacking, []],
      ]);
      for (let round = 0; round < rounds; round++) {
        // In turns first: whatever else happens on the machine meets both alike.
        const order = round % 2 === 0 ? [having, lacking] : [lacking, having];
        for (const asked of order) times.get(asked)!.push(await undisturbed(() => processorTime(host, asked)));
      }
      const [withUs, without] = [least(times.get(having)!), least(times.get(lacking)!)];
      const cost = 100 * (withUs / without - 1);
      progress(`${server}, ${way.says}: ${cost.toFixed(1)} % of ${without.toFixed(1)} µs`);
      figures.push(
        figure(
          `maintenance-cost-${server}${way === ways[0] ? "" : "-least"}`,
          `${server}: processor time of a request for ${way.says} while off, against the same server without Upkeep's lines`,
          cost,
          "%",
          way.goal,
        ),
      );
    }
    await host.must("/opt/upkeep/upkeep", "delete", "Maintenance", "cost");
  }
  return figures;
}

/** What is asked for, and which processes have a part in answering. */
interface Way {
  readonly path: string;
  readonly says: string;
  readonly process: string;
  readonly goal: Figure["goal"];
}

/** So many, because a machine may have company. */
const rounds = 15;

interface Asked extends Way {
  readonly port: number;
  readonly site: string;
}

/** Processor time of a request, in microseconds. */
async function processorTime(host: TestHost, { port, site, path, process }: Asked): Promise<number> {
  const before = await timeOnProcessor(host, process);
  const load = ["--threads", "1", "--connections", "8", "--duration", "1s", "--header", `Host: ${site}`];
  const report = await host.must("wrk", ...load, `http://127.0.0.1:${port}${path}`);
  const after = await timeOnProcessor(host, process);
  return (after - before) / 1000 / Number(/(\d+) requests in/.exec(report)?.[1]);
}

/** The lower quartile: a disturbance only ever adds. */
const least = (values: readonly number[]): number => values.toSorted((one, other) => one - other)[values.length >> 2]!;

/** How long processes of a name have been on a processor, in nanoseconds: the first field of /proc/<pid>/task/<tid>/schedstat. */
async function timeOnProcessor(host: TestHost, process: string): Promise<number> {
  const pids = (await host.must("pgrep", process)).trim().split("\n");
  const { stdout } = await host.exec([
    "find",
    ...pids.map((pid) => `/proc/${pid}/task`),
    "-name",
    "schedstat",
    "-exec",
    "cat",
    "{}",
    "+",
  ]);
  return stdout
    .trim()
    .split("\n")
    .reduce((sum, line) => sum + Number(line.split(" ")[0]), 0);
}

const figure = (name: string, says: string, value: number, unit: Figure["unit"], goal: Figure["goal"]): Figure => ({
  name,
  says,
  value,
  unit,
  goal,
});
