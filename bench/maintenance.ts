import type { TestHost } from "../lab/lab.ts";
import { servers } from "../test/lab/maintenance/servers.ts";
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
  title: "Maintenance",
  packages: "peers",
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

/** Where a server answers with Upkeep's lines and, in the same run and the same process, without. */
interface Compared {
  readonly ways: readonly Way[];
  /** `port,host` */
  readonly having: string;
  readonly lacking: string;
  readonly also?: (host: TestHost) => Promise<void>;
}

interface Way {
  readonly path: string;
  readonly says: string;
  readonly goal: Figure["goal"];
}

const least: Way = { path: "/", says: "ten bytes", goal: {} };

/** Of those that look for a file: a page of the kind that sites are made of; and the least that can be asked for. */
const lookingForFile: readonly Way[] = [
  { path: "/wiki/doku.php", says: "DokuWiki's first page", goal: { atMost: 3 } },
  least,
];

/** Of those that look into their memory. */
const lookingIntoMemory: readonly Way[] = [{ ...least, goal: { atMost: 3 } }];

const otherSite: Compared = {
  ways: lookingForFile,
  having: "80,shop.example.com",
  lacking: "80,other.example.com",
  async also(host) {
    for (const site of ["shop", "other"]) await host.must("ln", "-sfn", "/usr/share/dokuwiki", `/srv/${site}/wiki`);
  },
};

const compared: Readonly<Record<string, Compared>> = {
  apache: otherSite,
  nginx: otherSite,
  caddy: otherSite,
  lighttpd: {
    ...otherSite,
    async also(host) {
      await otherSite.also?.(host);
      host.write(
        "/etc/lighttpd/conf-enabled/90-without.conf",
        '$HTTP["host"] == "other.example.com" { magnet.attract-raw-url-to = () }\n',
      );
      await host.must("systemctl", "restart", "lighttpd");
    },
  },
  haproxy: {
    ways: lookingIntoMemory,
    having: "80,shop.example.com",
    lacking: "81,shop.example.com",
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
    ways: lookingIntoMemory,
    having: "6081,shop.example.com",
    lacking: "6081,other.example.com",
    async also(host) {
      const varnish = (...words: string[]) => host.must("varnishadm", ...words);
      const backend = 'vcl 4.1;\nbackend default { .host = "127.0.0.1"; .port = "9000"; }\n';
      const choice = 'if (req.http.Host ~ "^shop") { return (vcl(having)); } else { return (vcl(lacking)); }';
      host.write("/etc/varnish/without.vcl", backend);
      host.write("/etc/varnish/both.vcl", `${backend}sub vcl_recv { ${choice} }\n`);
      const active = /^active .* (\S+)$/m.exec((await varnish("vcl.list")).replaceAll(/ +$/gm, ""))![1]!;
      await varnish("vcl.label", "having", active);
      await varnish("vcl.load", "without", "/etc/varnish/without.vcl");
      await varnish("vcl.label", "lacking", "without");
      await varnish("vcl.load", "both", "/etc/varnish/both.vcl");
      await varnish("vcl.use", "both");
    },
  },
};

const units = ["apache2", "nginx", "varnish", "lighttpd", "haproxy", "caddy"];

/** How much longer a request takes while the switch is off. */
async function costs(host: TestHost, progress: (text: string) => void): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { server, port, prepare } of Object.values(servers)) {
    if (!server) continue;
    const { ways, having, lacking, also } = compared[server]!;
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
    await host.answers(port);
    for (const way of ways) {
      const asked = (where: string) => `${where},${way.path}`;
      const { longer, without } = await undisturbed(() => inTurns(host, asked(having), asked(lacking)));
      const itself = await undisturbed(() => inTurns(host, asked(lacking), asked(lacking)));
      progress(
        `${server}, ${way.says}: ${longer.toFixed(2)} µs more than ${without.toFixed(1)}; the same against itself ${itself.longer.toFixed(2)}`,
      );
      figures.push(
        figure(
          `maintenance-cost-${server}${way === ways[0] ? "" : "-least"}`,
          `${server}: how much longer a request for ${way.says} takes while off, against the same server without Upkeep's lines`,
          (100 * longer) / without,
          "%",
          way.goal,
        ),
      );
    }
    await host.must("/opt/upkeep/upkeep", "delete", "Maintenance", "cost");
  }
  return figures;
}

/** How much longer one way of asking takes than the other, and how long that takes, in microseconds. */
async function inTurns(host: TestHost, one: string, other: string): Promise<{ longer: number; without: number }> {
  const load = ["--threads", "1", "--connections", "1", "--duration", "20s"];
  const script = ["--script", "/opt/upkeep/bench/in-turns.lua"];
  const first = `http://127.0.0.1:${one.split(",")[0]}/`;
  const report = await host.must("wrk", ...load, ...script, first, "--", one, other);
  const turns = [...report.matchAll(/^turns (\S+) (\S+)$/gm)].map(([, with_, without]) => [
    Number(with_),
    Number(without),
  ]) as [number, number][];
  return {
    longer: median(turns.map(([with_, without]) => with_ - without)),
    without: median(turns.map(([, without]) => without)),
  };
}

const figure = (name: string, says: string, value: number, unit: Figure["unit"], goal: Figure["goal"]): Figure => ({
  name,
  says,
  value,
  unit,
  goal,
});
