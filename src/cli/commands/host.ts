import type { Remote } from "../../host/control-client.ts";
import { UserError } from "../../model/problem.ts";
import type { Overview, Shown } from "../../store/overview.ts";
import type { ExitCode, Invocation, Run } from "../command.ts";
import { requireControl } from "../control-here.ts";
import { type HostShown, printHost, printHosts } from "../estate-views.ts";

type Action = (remote: Remote, rest: readonly string[], invocation: Invocation) => Promise<ExitCode>;

const actions: Readonly<Record<string, Action>> = { add, list, show, label, drain, remove, token };

export const run: Run = async (invocation) => {
  const [verb = "list", ...rest] = invocation.positionals;
  const action = actions[verb];
  if (!action)
    throw new UserError(`say \`upkeep host ${Object.keys(actions).join("`, `upkeep host ")}\`, not "${verb}"`);
  return action(await requireControl(), rest, invocation);
};

async function add(
  remote: Remote,
  [name, ...labels]: readonly string[],
  { typed, options, terminal }: Invocation,
): Promise<ExitCode> {
  if (name === undefined) throw new UserError("say which: upkeep host add NAME [LABEL=VALUE...]");
  const isKnown = (await remote.get<HostShown[]>("/v1/hosts")).some((host) => host.name === name);
  // Over ssh it may be the second attempt, or a machine set up anew.
  if (!isKnown || options.ssh === undefined)
    await remote.put(`/v1/hosts/${encodeURIComponent(name)}`, { labels: labelsIn(labels), command: typed });
  if (typeof options.ssh === "string") {
    const { addBySsh, usualPlace } = await import("../add-by-ssh.ts");
    await addBySsh(remote, name, options.ssh, typeof options.to === "string" ? options.to : usualPlace, terminal);
    terminal.print(`${name} is part of the estate, and reports.`);
  } else terminal.print(`${name} is part of the estate. \`upkeep host token ${name}\` says how its machine joins.`);
  return 0;
}

async function list(remote: Remote, _rest: readonly string[], { json, terminal }: Invocation): Promise<ExitCode> {
  const hosts = await remote.get<HostShown[]>("/v1/hosts");
  if (json) terminal.print(JSON.stringify(hosts, undefined, 2));
  else if (hosts.length === 0) terminal.print("There is no host yet. Try: upkeep host add NAME");
  else printHosts(hosts, await remote.get<Overview>("/v1/overview?most=0"), terminal);
  return 0;
}

async function show(remote: Remote, [name]: readonly string[], { json, terminal }: Invocation): Promise<ExitCode> {
  if (name === undefined) throw new UserError("say which: upkeep host show NAME");
  const host = (await remote.get<HostShown[]>("/v1/hosts")).find((each) => each.name === name);
  if (!host) throw new UserError(`there is no host ${name}; \`upkeep host list\` shows them`);
  const shown = await remote.get<Shown[]>(`/v1/standings?host=${encodeURIComponent(name)}`);
  if (json) terminal.print(JSON.stringify({ ...host, resources: shown }, undefined, 2));
  else printHost(host, shown, terminal);
  return 0;
}

async function label(remote: Remote, [name, ...changes]: readonly string[], { typed }: Invocation): Promise<ExitCode> {
  if (name === undefined || changes.length === 0)
    throw new UserError("say what: upkeep host label NAME LABEL=VALUE LABEL-");
  await remote.put(`/v1/hosts/${encodeURIComponent(name)}/labels`, { labels: labelsIn(changes), command: typed });
  return 0;
}

async function drain(remote: Remote, [name]: readonly string[], { options, typed }: Invocation): Promise<ExitCode> {
  if (name === undefined) throw new UserError("say which: upkeep host drain NAME");
  await remote.put(`/v1/hosts/${encodeURIComponent(name)}/drain`, { draining: options.undo !== true, command: typed });
  return 0;
}

async function remove(remote: Remote, [name]: readonly string[], { typed, terminal }: Invocation): Promise<ExitCode> {
  if (name === undefined) throw new UserError("say which: upkeep host remove NAME");
  await remote.delete(`/v1/hosts/${encodeURIComponent(name)}`, { command: typed });
  terminal.print(`${name} is no part of the estate any longer. What it serves it goes on serving.`);
  return 0;
}

async function token(remote: Remote, [name]: readonly string[], { json, terminal }: Invocation): Promise<ExitCode> {
  if (name === undefined) throw new UserError("say for which: upkeep host token NAME");
  const hosts = await remote.get<HostShown[]>("/v1/hosts");
  if (!hosts.some((host) => host.name === name))
    throw new UserError(`there is no host ${name} yet; add it first: upkeep host add ${name}`);
  return showToken(name, await remote.post(`/v1/hosts/${encodeURIComponent(name)}/token`, {}), { json, terminal });
}

export function showToken(
  name: string,
  answer: { readonly token: string },
  { json, terminal }: Pick<Invocation, "json" | "terminal">,
): ExitCode {
  if (json) terminal.print(JSON.stringify(answer));
  else {
    terminal.remark(
      `Run this on the machine that is to be ${name}, as root, where Upkeep is. It works once, for an hour:`,
    );
    terminal.print(`upkeep install agent --token ${answer.token}`);
  }
  return 0;
}

/** `role=web` sets, `role-` takes away. */
export function labelsIn(words: readonly string[]): Record<string, string | null> {
  return Object.fromEntries(
    words.map((word): [string, string | null] => {
      const set = /^([a-z0-9-]+)=(.+)$/.exec(word);
      if (set) return [set[1]!, set[2]!];
      const gone = /^([a-z0-9-]+)-$/.exec(word);
      if (gone) return [gone[1]!, null];
      throw new UserError(`"${word}" is no label; say role=web to set one, role- to take it away`);
    }),
  );
}
