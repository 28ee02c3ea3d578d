import type { ApiClient } from "../../client/client.ts";
import type { Host } from "../../client/paths.ts";
import { UserError } from "../../model/problem.ts";
import type { ExitCode, Invocation, Run, Style } from "../command.ts";
import { labelsIn, showToken } from "../commands/host.ts";
import { conditionColour } from "../conditions.ts";
import { ago } from "../time.ts";
import { answer, apiElsewhere } from "./server.ts";

type Action = (api: ApiClient, name: string, rest: readonly string[], invocation: Invocation) => Promise<ExitCode>;

const actions: Readonly<Record<string, Action>> = { add, show, label, drain, remove, token };

export const run: Run = async (invocation) => {
  const [verb = "list", name, ...rest] = invocation.positionals;
  const api = await apiElsewhere(invocation);
  if (verb === "list") return list(api, invocation);
  const action = actions[verb];
  if (!action) throw new UserError(`say \`upkeep host list|${Object.keys(actions).join("|")}\`, not "${verb}"`);
  if (name === undefined) throw new UserError(`say which: upkeep host ${verb} NAME`);
  return action(api, name, rest, invocation);
};

const named = (name: string) => ({ params: { path: { name } } });

async function add(
  api: ApiClient,
  name: string,
  labels: readonly string[],
  { options, terminal }: Invocation,
): Promise<ExitCode> {
  if (options.ssh !== undefined)
    throw new UserError("--ssh brings Upkeep to a machine from where the control plane runs; leave out --server there");
  const set = labelsIn(labels) as Record<string, string>;
  await answer(api.PUT("/v1/hosts/{name}", { ...named(name), body: { labels: set } }));
  terminal.print(`${name} is part of the estate. \`upkeep host token ${name}\` says how its machine joins.`);
  return 0;
}

async function list(api: ApiClient, { json, terminal }: Invocation): Promise<ExitCode> {
  const { print, style } = terminal;
  const hosts = await answer(api.GET("/v1/hosts"));
  if (json) print(JSON.stringify(hosts, undefined, 2));
  else if (hosts.length === 0) print("There is no host yet. Try: upkeep host add NAME");
  const width = Math.max(4, ...hosts.map(({ name }) => name.length)) + 2;
  for (const host of json ? [] : hosts) {
    const [seen, colour] = seenOf(host);
    const labels = Object.entries(host.labels).map((pair) => pair.join("="));
    const counts = Object.entries(host.conditions).map(([state, count]) => `${count} ${state.toLowerCase()}`);
    print(
      `${host.name.padEnd(width)}${style(colour, seen.padEnd(14))}${[counts.join(", "), labels.join(" "), host.draining ? "(draining)" : ""].filter(Boolean).join("  ")}`,
    );
  }
  return 0;
}

const seenOf = ({ present, seenAt, joined }: Host): [string, Style] =>
  seenAt === undefined ? [joined ? "never" : "not joined", "red"] : present ? ["now", "green"] : [ago(seenAt), "red"];

async function show(
  api: ApiClient,
  name: string,
  _rest: readonly string[],
  { json, terminal }: Invocation,
): Promise<ExitCode> {
  const { print, style } = terminal;
  const host = await answer(api.GET("/v1/hosts/{name}", named(name)));
  const { items } = await answer(api.GET("/v1/conditions", { params: { query: { host: name, limit: 500 } } }));
  if (json) {
    print(JSON.stringify({ ...host, resources: items }, undefined, 2));
    return 0;
  }
  print(style("bold", name));
  print(`  ${[seenOf(host)[0], host.os, host.version && `Upkeep ${host.version}`].filter(Boolean).join(", ")}`);
  for (const { ref, state, message } of items)
    print(`  ${style(conditionColour[state], state.padEnd(12))}${ref}${style("dim", `  ${message.split("\n")[0]}`)}`);
  return 0;
}

async function label(api: ApiClient, name: string, changes: readonly string[]): Promise<ExitCode> {
  if (changes.length === 0) throw new UserError("say what: upkeep host label NAME LABEL=VALUE LABEL-");
  await answer(api.PATCH("/v1/hosts/{name}", { ...named(name), body: { labels: labelsIn(changes) } }));
  return 0;
}

async function drain(
  api: ApiClient,
  name: string,
  _rest: readonly string[],
  { options }: Invocation,
): Promise<ExitCode> {
  await answer(api.PATCH("/v1/hosts/{name}", { ...named(name), body: { draining: options.undo !== true } }));
  return 0;
}

async function remove(
  api: ApiClient,
  name: string,
  _rest: readonly string[],
  { terminal }: Invocation,
): Promise<ExitCode> {
  await answer(api.DELETE("/v1/hosts/{name}", named(name)));
  terminal.print(`${name} is no part of the estate any longer. What it serves it goes on serving.`);
  return 0;
}

async function token(
  api: ApiClient,
  name: string,
  _rest: readonly string[],
  invocation: Invocation,
): Promise<ExitCode> {
  return showToken(name, await answer(api.POST("/v1/hosts/{name}/token", named(name))), invocation);
}
