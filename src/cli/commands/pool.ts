import { existsSync } from "node:fs";
import { askGuard } from "../../agent/guard-door.ts";
import { localHost } from "../../host/local.ts";
import { roughly } from "../../model/duration.ts";
import { type PoolConfig, poolConfigSchema, poolDirectory } from "../../model/pool.ts";
import { type PoolMember, poolMemberSchema } from "../../model/pool-member.ts";
import { UserError } from "../../model/problem.ts";
import type { GuardAsks } from "../../model/report.ts";
import { bansFile } from "../../store/bans.ts";
import { openDatabase } from "../../store/database.ts";
import type { ObservedOnHost } from "../../store/happenings.ts";
import { openPools, type PoolChange } from "../../store/pools.ts";
import type { ExitCode, Invocation, Run, Terminal } from "../command.ts";
import { type ControlPlane, controlPlane } from "../control-plane.ts";
import { warnOfFailing } from "../health-words.ts";
import { explainPool, plotOf } from "../pool-words.ts";
import { refuseHost } from "../refuse-host.ts";
import { requireRoot } from "../require-root.ts";
import { throughGuards } from "../through-guards.ts";
import { ago, durationOf, localTime } from "../time.ts";

export const run: Run = async (invocation) => {
  const [verb = "status", name, address] = invocation.positionals;
  requireRoot(`pool ${verb}`, invocation);
  const action = actions[verb];
  if (!action) throw new UserError(`say \`upkeep pool status\`, drain, undrain, history or explain, not "${verb}"`);
  return action(invocation, await controlPlane(invocation), name, address);
};

type Action = (
  invocation: Invocation,
  plane: ControlPlane | undefined,
  name: string | undefined,
  address: string | undefined,
) => Promise<ExitCode>;

const actions: Readonly<Record<string, Action>> = { status, drain, undrain, history, explain };

type Shown = PoolMember & { readonly host?: string };

async function status(invocation: Invocation, plane: ControlPlane | undefined, name?: string): Promise<ExitCode> {
  const { json, terminal } = invocation;
  const all = (await membersOf(invocation, plane)).filter(({ pool }) => name === undefined || pool === name);
  await warnOfFailing(["DnsPool"], plane, terminal);
  if (name !== undefined && all.length === 0) throw new UserError(`there is no pool ${name}`);
  if (json) terminal.print(JSON.stringify(all, undefined, 2));
  else if (all.length === 0) terminal.print("There is no pool. Try: upkeep explain DnsPool");
  else
    for (const [title, some] of Map.groupBy(all, ({ host, pool }) =>
      host === undefined ? pool : `${pool} on ${host}`,
    ))
      print(title, some, terminal);
  return 0;
}

async function membersOf(invocation: Invocation, plane: ControlPlane | undefined): Promise<readonly Shown[]> {
  if (!plane) {
    refuseHost(invocation);
    return askGuard<PoolMember[]>(localHost, { is: "pools" });
  }
  const { host } = invocation.options;
  const query = host === undefined ? "" : `?host=${encodeURIComponent(String(host))}`;
  return (await plane.api.get<ObservedOnHost[]>(`/v1/pools${query}`)).flatMap(({ host, value }): Shown[] => {
    // Whatever a host says of its pools, here they are pools.
    const { data } = poolMemberSchema.safeParse(value);
    return data ? [{ ...data, host }] : [];
  });
}

function print(title: string, members: readonly Shown[], { print, style }: Terminal): void {
  print(style("bold", title));
  const width = Math.max(...members.map(({ address }) => address.length));
  for (const { address, isUp, since, says, votes, isPublished, drainedUntil, certificateEnds } of members) {
    const state = isUp === undefined ? style("dim", "?   ") : isUp ? style("green", "up  ") : style("red", "down");
    const seen = votes[1] > 1 ? `, seen by ${votes[0]} of ${votes[1]}` : "";
    const out = drainedUntil === undefined ? "" : style("yellow", `  out until ${localTime(drainedUntil)}`);
    const told = since === undefined ? "" : style("dim", `  ${says} ${ago(since)}${seen}`);
    const left = (certificateEnds ?? 0) - localHost.clock.now();
    const ends =
      certificateEnds === undefined
        ? ""
        : style("yellow", `  its certificate ${left > 0 ? `ends in ${roughly(left)}` : "has ended"}`);
    print(
      `  ${address.padEnd(width)}  ${state}  ${isPublished ? "published" : style("yellow", "held back")}${out}${ends}${told}`,
    );
  }
}

/** Nothing that is not in its pool is drained; the guard knows. */
async function drain(invocation: Invocation, plane: ControlPlane | undefined, pool?: string, address?: string) {
  const length = durationOf(String(invocation.options.for ?? "7d"));
  const until = localHost.clock.now() + length;
  const asks: GuardAsks = { is: "drain", ...wanted("drain", pool, address), until };
  return ask(invocation, plane, asks, () => `${address} of ${pool} is out until ${localTime(until)}`);
}

async function undrain(invocation: Invocation, plane: ControlPlane | undefined, pool?: string, address?: string) {
  return ask(invocation, plane, { is: "undrain", ...wanted("undrain", pool, address) }, (wasSo) =>
    wasSo ? `${address} of ${pool} may be published again` : `${address} of ${pool} was not out`,
  );
}

async function ask(
  invocation: Invocation,
  plane: ControlPlane | undefined,
  asks: Extract<GuardAsks, { is: "drain" | "undrain" }>,
  says: (wasSo: boolean) => string,
): Promise<ExitCode> {
  if (plane) return throughGuards(plane, [asks], invocation, (_, wasSo) => says(wasSo));
  refuseHost(invocation);
  invocation.terminal.print(`${says(await askGuard<boolean>(localHost, asks))}.`);
  return 0;
}

function wanted(verb: string, pool: string | undefined, address: string | undefined) {
  if (pool === undefined || address === undefined) throw new UserError(`say which: upkeep pool ${verb} POOL ADDRESS`);
  return { pool, address };
}

async function history(invocation: Invocation, plane: ControlPlane | undefined, name?: string): Promise<ExitCode> {
  if (plane) throw new UserError("each host has its own history of what it saw; sign in there");
  const { json, terminal, options } = invocation;
  const config = configOf(name);
  const now = localHost.clock.now();
  const length = durationOf(String(options.since ?? "1d"));
  const changes = changesOf(config.name, now - length);
  if (json) {
    terminal.print(JSON.stringify(changes, undefined, 2));
    return 0;
  }
  const before = changesOf(config.name, 0).filter(({ at }) => at < now - length);
  terminal.print(
    `${terminal.style("bold", config.name)}  the last ${roughly(length)}, one sign for ${roughly(length / 60)}`,
  );
  const width = Math.max(...config.members.map(({ address }) => address.length));
  for (const { address } of config.members) {
    const { signs, share } = plotOf(
      { from: now - length, to: now, columns: 60 },
      before.findLast((each) => each.address === address)?.isUp ?? true,
      changes.filter((each) => each.address === address),
    );
    terminal.print(`  ${address.padEnd(width)}  ${signs}  ${(100 * share).toFixed(share === 1 ? 0 : 2)} %`);
  }
  for (const { at, address, isUp, says } of changes.slice(-20))
    terminal.print(
      `${localTime(at)}  ${address} ${isUp ? terminal.style("green", "up") : terminal.style("red", "down")}  ${says}`,
    );
  return 0;
}

function changesOf(pool: string, since: number): readonly PoolChange[] {
  if (!existsSync(bansFile)) return [];
  const database = openDatabase(bansFile, { readOnly: true });
  try {
    return openPools(database, { readOnly: true }).changes(pool, since);
  } finally {
    database.close();
  }
}

async function explain({ terminal }: Invocation, _plane: ControlPlane | undefined, name?: string): Promise<ExitCode> {
  for (const line of explainPool(configOf(name))) terminal.print(line);
  return 0;
}

function configOf(name: string | undefined): PoolConfig {
  if (name === undefined) throw new UserError("say which pool; `upkeep pool status` lists them");
  const text = localHost.files.read(`${poolDirectory}/${name}.json`);
  if (text === undefined) throw new UserError(`there is no pool ${name} on this machine`);
  return poolConfigSchema.parse(JSON.parse(text));
}
