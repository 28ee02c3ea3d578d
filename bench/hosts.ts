import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { execArgv } from "../lab/host.ts";
import type { TestHost } from "../lab/lab.ts";
import { type Figure, undisturbed } from "./figures.ts";
import type { Part, Step } from "./hosts/drive.ts";
import type { Bench } from "./index.ts";
import { plot } from "./plot.ts";

const database = "postgres://upkeep:secret@127.0.0.1/upkeep";
const perHost = 200;
/** What the goals are about. */
const full = 1_000;
/** A machine of two cores has no time for a thousand besides the servers: `BENCH_AGENTS=100,300`. */
const steps = (process.env.BENCH_AGENTS ?? `100,300,${full}`).split(",").map(Number);
const node = ["/opt/upkeep/node_modules/.bin/node", "--disable-warning=ExperimentalWarning"] as const;

interface Driven {
  readonly growth: readonly Step[];
  readonly late: { readonly first: Part; readonly last: Part };
  readonly restart: { readonly milliseconds: number; readonly megabytes: number };
}

/** A control plane with PostgreSQL and NATS, one real host, and a thousand that are only memory: all on one machine. */
export const hosts: Bench = {
  name: "hosts",
  title: "Many hosts",
  async run(host, progress) {
    await setUp(host);
    progress("an idle agent");
    const idle = await idleAgent(host);
    progress("edits of a site on a real host");
    const edits = () => host.must(...node, "/opt/upkeep/bench/hosts/live.ts", "bench", "200");
    const live = JSON.parse(await undisturbed(edits)) as number[];
    const sorted = live.toSorted((one, other) => one - other);
    progress(`${steps.join(", ")} agents with ${perHost} sites each; this takes some minutes`);
    const driver = ["/opt/upkeep/bench/hosts/drive.ts", database, String(perHost), ...steps.map(String)];
    const driven = JSON.parse(await watched(host, [...node, ...driver])) as Driven;
    const { late } = driven;
    const [first, last] = [driven.growth[0]!, driven.growth.at(-1)!];
    writeFileSync(join(import.meta.dirname, "hosts.svg"), drawn(driven.growth));
    return [
      ms(
        "hosts-live",
        "edit acknowledged until live on a real host and known to the control plane, without the web server's check and reload, p99 of 200",
        sorted[Math.floor(0.99 * sorted.length)]!,
        100,
      ),
      ...driven.growth.map(({ agents, p50, p99 }) =>
        ms(
          `hosts-reach-${agents}`,
          `${agents.toLocaleString("en")} agents, ${(agents * perHost).toLocaleString("en")} sites: edit acknowledged until its agent has it, p99 of 400, forty a second (median ${p50.toFixed(0)} ms)`,
          p99,
          agents === full ? 250 : undefined,
        ),
      ),
      {
        name: "hosts-growth",
        says: `what the control plane and its servers take of a core for each agent while nothing changes: with ${last.agents.toLocaleString("en")} agents (${last.idle.toPrecision(2)} % in all) against with ${first.agents} ([drawn](hosts.svg))`,
        value: last.idle / last.agents / (first.idle / first.agents),
        unit: "times",
        goal: last.agents === full ? { atMost: 1 } : {},
      },
      {
        name: "hosts-sustained",
        says: `100 changes a second for a minute, ${last.agents.toLocaleString("en")} agents: how many more are under way at once in the last 20 s (${late.last.underWay.toFixed(1)}, p99 ${late.last.p99.toFixed(0)} ms) than in the first (${late.first.underWay.toFixed(1)}, p99 ${late.first.p99.toFixed(0)} ms)`,
        value: late.last.underWay - late.first.underWay,
        unit: "changes",
        goal: last.agents === full ? { atMost: 1 } : {},
      },
      ms(
        "hosts-start",
        `${last.agents.toLocaleString("en")} agents: a control plane starts and serves`,
        driven.restart.milliseconds,
        last.agents === full ? 5_000 : undefined,
      ),
      {
        name: "hosts-memory",
        says: "the same: its memory, at most",
        value: driven.restart.megabytes,
        unit: "MB",
        goal: last.agents === full ? { atMost: 500 } : {},
      },
      { name: "idle-memory", says: "an idle agent's memory", value: idle.megabytes, unit: "MB", goal: { atMost: 80 } },
      {
        name: "idle-cpu",
        says: "an idle agent's share of a core",
        value: idle.share,
        unit: "%",
        goal: { atMost: 0.2 },
      },
    ];
  },
};

/** Runs what takes long, its progress shown as it comes; returns what it prints. */
async function watched(host: TestHost, argv: readonly string[]): Promise<string> {
  const [program, ...args] = execArgv(host.pid, argv);
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`${argv.join(" ")} ended with ${code}`);
  return printed;
}

const drawn = (growth: readonly Step[]): string => {
  const curve = (says: string, value: (step: Step) => number) => ({
    says,
    points: growth.map((step) => [step.agents, value(step)] as const),
  });
  const panels = [
    {
      title: "A change reaches its agent",
      unit: "ms",
      curves: [curve("p99", ({ p99 }) => p99), curve("median", ({ p50 }) => p50)],
    },
    {
      title: "Processor time of a change",
      unit: "ms",
      curves: [curve("control plane, PostgreSQL, NATS", ({ change }) => change)],
    },
    {
      title: "Nothing changes",
      unit: "% of a core",
      curves: [curve("control plane, PostgreSQL, NATS", ({ idle }) => idle)],
    },
    { title: "Memory of the control plane", unit: "MB", curves: [curve("resident", ({ memory }) => memory)] },
  ];
  return plot({ title: `What agents cost, each with ${perHost} sites`, along: { says: "agents" }, panels });
};

const ms = (name: string, says: string, value: number, atMost: number | undefined): Figure => ({
  name,
  says,
  value,
  unit: "ms",
  goal: atMost === undefined ? {} : { atMost },
});

async function setUp(host: TestHost): Promise<void> {
  const access = `${host.release.postgres.configuration}/pg_hba.conf`;
  await host.must("sed", "-i", "1i host upkeep upkeep 127.0.0.1/32 scram-sha-256", access);
  await host.must("systemctl", "start", host.release.postgres.unit);
  for (const command of ["create role upkeep login password 'secret'", "create database upkeep owner upkeep"])
    await host.must("runuser", "-u", "postgres", "--", "psql", "-c", command);
  await host.must(
    "/opt/upkeep/upkeep",
    "install",
    "server",
    "--listen",
    `${host.address}:4222`,
    "--database",
    database,
  );
  await host.must("/opt/upkeep/upkeep", "install", "agent");
}

/** What an agent takes that has one site and nothing to do, over two minutes. */
async function idleAgent(host: TestHost): Promise<{ megabytes: number; share: number }> {
  const { code, stdout, stderr } = await host.apply("kind: Site\nname: idle.example.com\nhost: bench\n");
  if (code !== 0) throw new Error(stdout + stderr);
  await pause(20_000);
  const pid = (await host.must("systemctl", "show", "--property=MainPID", "--value", "upkeep-agent")).trim();
  // Ticks of 10 ms, see proc_pid_stat(5).
  const ticks = async () => {
    const fields = (await host.must("cat", `/proc/${pid}/stat`)).replace(/^.*\) /, "").split(" ");
    return Number(fields[11]) + Number(fields[12]);
  };
  const before = await ticks();
  await pause(120_000);
  const used = (await ticks()) - before;
  const resident = /VmRSS:\s+(\d+) kB/.exec(await host.must("cat", `/proc/${pid}/status`))![1];
  return { megabytes: Number(resident) / 1024, share: (100 * used * 10) / 120_000 };
}
