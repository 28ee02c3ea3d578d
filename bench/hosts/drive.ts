import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { createUser } from "@nats-io/nkeys";
import { ownServerName } from "../../src/bus/connect.ts";
import { openRemote, type Remote } from "../../src/host/control-client.ts";
import { controlSocket } from "../../src/model/peer.ts";
import { openPostgresEstate } from "../../src/store/postgres.ts";
import { secretsIn } from "../../src/store/secrets.ts";
import { undisturbed } from "../figures.ts";

/*
 * Run in the bench's host, where a control plane and an agent are: adds simulated hosts step by step and measures what a
 * change takes. Prints one JSON text.
 */

const database = process.argv[2]!;
const perHost = Number(process.argv[3]);
const steps = process.argv.slice(4).map(Number);
/** Agents in one process. */
const together = 250;

const say = (text: string) => process.stderr.write(`${text}\n`);
const arrivals = new Map<string, number>();
const children: ChildProcess[] = [];
const name = (index: number) => `sim${index}`;
const site = (host: number, index: number, round = "") => ({
  resource: {
    kind: "Site",
    name: `s${index}.${name(host)}.example.com`,
    spec: { user: "alice", logs: "shared", ...(round && { headers: { "X-Round": round } }) },
    placement: { host: name(host) },
  },
  from: "",
});

let remote = (await openRemote(controlSocket))!;

/** Accepted is what counts; what comes of it is watched elsewhere. Returns when that was. */
async function state(statements: readonly object[]): Promise<number> {
  await remote.post("/v1/apply", { statements, prune: [], command: "bench", wait: false });
  return Date.now();
}

/** Adds hosts, their sites, and the agents. */
async function grow(from: number, to: number): Promise<void> {
  const { fleet, estate } = await openPostgresEstate(database, secretsIn("/var/lib/upkeep-server/estate.key"));
  const agents: { name: string; seed: string }[] = [];
  for (let index = from; index < to; index++) {
    const user = createUser();
    await fleet.add(name(index), {}, { at: Date.now(), actor: "bench", cause: "bench" });
    await fleet.addToken(`token-${index}`, name(index), Date.now() + 60_000);
    await fleet.join(`token-${index}`, { publicKey: user.getPublicKey(), boxKey: undefined }, Date.now());
    agents.push({ name: name(index), seed: new TextDecoder().decode(user.getSeed()) });
  }
  await estate.close();
  const keys = "/var/lib/upkeep-server/bus";
  const access = {
    servers: ["tls://127.0.0.1:4222"],
    authority: readFileSync(`${keys}/authority.pem`, "utf8"),
    serverName: ownServerName,
  };
  for (let start = 0; start < agents.length; start += together) {
    const file = `/root/agents-${from + start}.json`;
    writeFileSync(file, JSON.stringify({ access, agents: agents.slice(start, start + together) }));
    const child = spawn(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", "/opt/upkeep/bench/hosts/simulate.ts", file],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    let rest = "";
    child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      for (const line of lines) {
        const { round, at } = JSON.parse(line) as { round: string; at: number };
        if (!arrivals.has(round)) arrivals.set(round, at);
      }
    });
    children.push(child);
  }
  say(`${to} agents: their sites`);
  const all: object[] = [];
  for (let host = from; host < to; host++) for (let index = 0; index < perHost; index++) all.push(site(host, index));
  for (let start = 0; start < all.length; start += 2_000) await state(all.slice(start, start + 2_000));
  say(`${to} agents: until they have them`);
  await settled();
}

interface Hosts {
  readonly name: string;
  readonly present: boolean;
  readonly state?: { readonly conditions: Readonly<Record<string, number>> };
}

/** Until every simulated host has all its sites, and the control plane knows. */
async function settled(): Promise<void> {
  for (let last = ""; ; await pause(1_000)) {
    const hosts = (await remote.get<Hosts[]>("/v1/hosts")).filter((host) => host.name.startsWith("sim"));
    const behind = hosts.filter((host) => !host.present || (host.state?.conditions.Applied ?? 0) < perHost);
    if (behind.length === 0) return;
    const text = `  ${behind.length} of ${hosts.length} are not there yet`;
    if (text !== last) say(text);
    last = text;
  }
}

let rounds = 0;

/** From the moment a change is acknowledged until its agent has it, milliseconds. */
async function reach(hosts: number, times: number, everyMilliseconds: number): Promise<number[]> {
  const sent = new Map<string, number>();
  const pending: Promise<void>[] = [];
  const begun = performance.now();
  for (let index = 0; index < times; index++) {
    const round = `r${++rounds}`;
    const host = (index * 7919) % hosts;
    pending.push(
      // Each time another site: of two changes of one, an agent may get the later alone.
      state([site(host, Math.floor(index / hosts) % perHost, round)]).then((at) => {
        sent.set(round, at);
      }),
    );
    await pause(Math.max(0, begun + (index + 1) * everyMilliseconds - performance.now()));
  }
  await Promise.all(pending);
  for (const deadline = Date.now() + 60_000; [...sent.keys()].some((round) => !arrivals.has(round)); await pause(20))
    if (Date.now() > deadline) throw new Error("some changes have not arrived within a minute");
  return [...sent].map(([round, at]) => Math.max(0, arrivals.get(round)! - at));
}

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((one, other) => one - other)[Math.min(values.length - 1, Math.floor(values.length * share))]!;

/** What the control plane, its database and its bus have used of the processors so far, milliseconds. */
const used = (): number =>
  readdirSync("/proc").reduce((sum, pid) => {
    if (!/^\d+$/.test(pid)) return sum;
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      if (!/main\.js\0serve|nats-server|postgres/.test(command)) return sum;
      // Ticks of 10 ms, see proc_pid_stat(5).
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
        .replace(/^.*\) /, "")
        .split(" ");
      return sum + 10 * (Number(fields[11]) + Number(fields[12]));
    } catch {
      // It has ended meanwhile.
      return sum;
    }
  }, 0);

/** Their share of a core while nothing changes, per cent. */
async function idle(): Promise<number> {
  const [from, begun] = [used(), performance.now()];
  await pause(20_000);
  return (100 * (used() - from)) / (performance.now() - begun);
}

/** Resident memory of the control plane, MB: now, and at most so far. */
function memory(): { readonly now: number; readonly most: number } {
  const pid = readdirSync("/proc").find((name) => {
    try {
      return /main\.js\0serve/.test(readFileSync(`/proc/${name}/cmdline`, "utf8"));
    } catch {
      return false;
    }
  });
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const megabytes = (field: string) => Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)![1]) / 1024;
  return { now: megabytes("VmRSS"), most: megabytes("VmHWM") };
}

export interface Step {
  readonly agents: number;
  /** From the acknowledgement of a change until its agent has it, milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** What the control plane and its servers take of a core when nothing changes, per cent. */
  readonly idle: number;
  /** Processor time for each change, milliseconds. */
  readonly change: number;
  /** Of the control plane, MB. */
  readonly memory: number;
}

/** A part of the time that changes come without a pause. */
export interface Part {
  /** Milliseconds. */
  readonly p99: number;
  /** Changes that have been acknowledged and have not arrived, on average. */
  readonly underWay: number;
}

async function step(agents: number): Promise<Step> {
  await reach(agents, 50, 50);
  return undisturbed(async () => {
    const from = used();
    const begun = performance.now();
    const taken = await reach(agents, 400, 25);
    const [active, lasted] = [used() - from, performance.now() - begun];
    const share = await idle();
    const change = Math.max(0, active - (share / 100) * lasted) / taken.length;
    return { agents, p50: quantile(taken, 0.5), p99: quantile(taken, 0.99), idle: share, change, memory: memory().now };
  }, 5);
}

try {
  const growth: Step[] = [];
  let before = 0;
  for (const agents of steps) {
    await grow(before, agents);
    before = agents;
    growth.push(await step(agents));
    say(JSON.stringify(growth.at(-1)));
  }
  say("a hundred changes a second, for a minute");
  const every = 10;
  const sustained = await undisturbed(() => reach(before, 6_000, every), 5);
  const third = Math.floor(sustained.length / 3);
  const part = (taken: readonly number[]): Part => ({
    p99: quantile(taken, 0.99),
    // Little's law: as many as come while one is under way.
    underWay: taken.reduce((sum, each) => sum + each, 0) / taken.length / every,
  });
  const late = { first: part(sustained.slice(0, third)), last: part(sustained.slice(-third)) };
  say(JSON.stringify(late));
  say("the control plane anew");
  const restart = await restarted(before);
  process.stdout.write(`${JSON.stringify({ growth, late, restart })}\n`);
} finally {
  for (const child of children) child.kill("SIGKILL");
}

/** How long until it serves again, and what it takes then. */
async function restarted(hosts: number): Promise<{ milliseconds: number; megabytes: number }> {
  const stop = spawn("systemctl", ["restart", "upkeep-server"], { stdio: "ignore" });
  await new Promise((resolve) => stop.once("close", resolve));
  const begun = performance.now();
  remote = (await openRemote(controlSocket)) as Remote;
  await reach(hosts, 1, 0);
  const milliseconds = performance.now() - begun;
  await settled();
  // It compares with the bus what every host should have.
  await pause(30_000);
  return { milliseconds, megabytes: memory().most };
}
