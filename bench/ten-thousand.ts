import { mkdirSync, writeFileSync } from "node:fs";
import type { TestHost } from "../lab/lab.ts";
import { type Figure, median, medianOf, timed } from "./figures.ts";
import type { Bench } from "./index.ts";

const count = 10_000;
/** As the launcher starts it. */
const node = [
  "env",
  "MALLOC_ARENA_MAX=1",
  "/opt/upkeep/node_modules/.bin/node",
  "--disable-warning=ExperimentalWarning",
  "--max-semi-space-size=4",
  "--heap-growing-percent=40",
] as const;

/** A site of the kind that a hosting company has ten thousand of: a log of its own would be too many open files. */
const site = (index: number, header = "") =>
  `kind: Site\nname: s${index}.example.com\nspec:\n  aliases: [www.s${index}.example.com]\n  logs: shared\n${header}`;

interface Driven {
  readonly timings: readonly { readonly total: number; readonly daemon: number }[];
  readonly megabytes: number;
}

async function drive(host: TestHost, path: string, times: number): Promise<Driven> {
  return JSON.parse(await host.must(...node, "/opt/upkeep/bench/driver.ts", path, String(times))) as Driven;
}

/** Everything that has to stay quick when a host has ten thousand sites. */
export const tenThousand: Bench = {
  name: "ten-thousand",
  title: "Ten thousand sites",
  async run(host, progress) {
    const directory = host.path("/root/sites");
    mkdirSync(directory);
    for (let index = 0; index < count; index++) writeFileSync(`${directory}/s${index}.yaml`, site(index));
    host.write("/root/one.yaml", site(77, '  headers: {X-Round: "ROUND"}\n'));

    progress(`${count} new sites`);
    const fresh = await drive(host, "/root/sites", 1);
    const all = fresh.timings[0]!;
    const daemon = await medianOf(3, () => daemonAlone(host));
    progress("one changed, in a running process");
    const changes = (await drive(host, "/root/one.yaml", 12)).timings.slice(2);
    progress("whole commands");
    for (const command of ["version", "status", "plan"]) await host.upkeep(command);
    const before = await host.must("stat", "-c", "%Y.%i", "/run/apache2/apache2.pid", "/var/lib/upkeep/host.db");
    const planned = await medianOf(5, () => host.upkeep("plan"));
    const after = await host.must("stat", "-c", "%Y.%i", "/run/apache2/apache2.pid", "/var/lib/upkeep/host.db");
    if (before !== after) throw new Error("a plan without changes wrote or reloaded something");

    // Taken in turns, so that neither has the quieter minute.
    const own: number[] = [];
    const whole: number[] = [];
    for (let round = 0; round < 7; round++) {
      own.push(await reloadAlone(host));
      host.write("/root/change.yaml", site(78, `  headers: {X-Round: "${round}"}\n`));
      whole.push(await medianOf(1, () => host.must("/opt/upkeep/upkeep", "apply", "/root/change.yaml")));
    }
    const [alone, applied] = [median(own), median(whole)];
    return [
      figure(
        "one-changed",
        "one site changed among 10,000: Upkeep's own share in a running process",
        median(changes.map(({ total, daemon }) => total - daemon)),
        "ms",
        { atMost: 50 },
      ),
      figure("version", "`upkeep version`, whole command", await medianOf(15, () => host.upkeep("version")), "ms", {
        atMost: 120,
      }),
      figure(
        "status",
        "`upkeep status` with 10,000 sites, whole command",
        await medianOf(7, () => host.upkeep("status")),
        "ms",
        { atMost: 400 },
      ),
      {
        ...figure(
          "one-changed-whole",
          "one site changed among 10,000, whole command, against the daemon's own check and graceful reload",
          applied / alone,
          "times",
          { atMost: 1.1 },
        ),
        peer: "apache2ctl -t, apache2ctl graceful",
        peerValue: alone,
        ratio: applied / alone,
      },
      figure(
        "new-sites",
        "10,000 new sites from one directory, without the daemon's check and reload",
        // What the daemon takes by itself, not how long we waited: some of our work is done while it is at it.
        all.total - daemon,
        "ms",
        { atMost: 8000 },
      ),
      figure(
        "no-change",
        "no change among 10,000 sites: `upkeep plan`, whole command, nothing written or reloaded",
        planned,
        "ms",
        { atMost: 800 },
      ),
      figure("memory", "memory of an apply of 10,000 new sites", fresh.megabytes, "MB", { atMost: 300 }),
    ];
  },
};

const figure = (name: string, says: string, value: number, unit: Figure["unit"], goal: Figure["goal"]): Figure => ({
  name,
  says,
  value,
  unit,
  goal,
});

/** What a careful person types: check, then reload, until the server has new workers and answers. */
const reloadAlone = (host: TestHost): Promise<number> =>
  timed(async () => {
    await host.must("apache2ctl", "-t");
    await newWorkers(host, () => host.must("apache2ctl", "graceful"));
    await host.ask("http://s1.example.com/");
  });

/** Its check and its reload, and nothing besides. */
async function daemonAlone(host: TestHost): Promise<void> {
  await host.must("apache2ctl", "-t");
  await newWorkers(host, (master) => host.must("kill", "-USR1", master));
}

async function newWorkers(host: TestHost, reload: (master: string) => Promise<unknown>): Promise<void> {
  const master = (await host.must("cat", "/run/apache2/apache2.pid")).trim();
  // For a moment there may be none at all.
  const workers = async () => (await host.exec(["pgrep", "-P", master])).stdout.split("\n").filter(Boolean);
  const before = new Set(await workers());
  await reload(master);
  while ((await workers()).every((worker) => before.has(worker)));
}
