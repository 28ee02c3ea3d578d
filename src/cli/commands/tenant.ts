import type { Tenant, TenantSeen } from "../../client/paths.ts";
import { UserError } from "../../model/problem.ts";
import type { ExitCode, Invocation, Run } from "../command.ts";
import { type Api, requireControlPlane } from "../control-plane.ts";

const tenants = "/v1/tenants";

type Action = (api: Api, name: string, invocation: Invocation) => Promise<ExitCode>;

const actions: Readonly<Record<string, Action>> = { show, set, remove };

export const run: Run = async (invocation) => {
  const [verb = "list", name] = invocation.positionals;
  const { api } = await requireControlPlane(invocation);
  if (verb === "list") return list(api, invocation);
  const action = actions[verb];
  if (!action) throw new UserError(`say \`upkeep tenant list|${Object.keys(actions).join("|")}\`, not "${verb}"`);
  if (name === undefined) throw new UserError(`say which: upkeep tenant ${verb} TENANT`);
  return action(api, name, invocation);
};

async function list(api: Api, { json, terminal }: Invocation): Promise<ExitCode> {
  const all = await api.get<Tenant[]>(tenants);
  if (json) terminal.print(JSON.stringify(all, undefined, 2));
  else if (all.length === 0) terminal.print("There is no tenant yet. Try: upkeep tenant set acme --title 'Acme Ltd'");
  else for (const { name, title } of all) terminal.print(`${name}  ${title}`);
  return 0;
}

async function show(api: Api, name: string, { json, terminal }: Invocation): Promise<ExitCode> {
  const tenant = await api.get<TenantSeen>(`${tenants}/${encodeURIComponent(name)}`);
  if (json) {
    terminal.print(JSON.stringify(tenant, undefined, 2));
    return 0;
  }
  terminal.print(`${name}  ${tenant.title}`);
  const quotas = tenant.quotas as Readonly<Record<string, number | undefined>>;
  for (const [what, used] of Object.entries(tenant.usage as Readonly<Record<string, number>>))
    terminal.print(`  ${what}: ${used}${quotas[what] === undefined ? "" : ` of ${quotas[what]}`}`);
  for (const field of ["suffixes", "hosts", "kinds"] as const)
    if (tenant[field]) terminal.print(`  only ${field}: ${tenant[field].join(", ")}`);
  return 0;
}

/** What is not said stays as it is. */
async function set(api: Api, name: string, { options, terminal }: Invocation): Promise<ExitCode> {
  const former = (await api.get<Tenant[]>(tenants)).find((each) => each.name === name);
  const lists = Object.fromEntries(
    (["suffixes", "hosts", "kinds"] as const).flatMap((field) => {
      const said = options[field];
      if (typeof said !== "string") return former?.[field] ? [[field, former[field]]] : [];
      return said === "" ? [] : [[field, said.split(",").map((each) => each.trim())]];
    }),
  );
  await api.put(`${tenants}/${encodeURIComponent(name)}`, {
    title: options.title ?? former?.title ?? name,
    quotas: { ...former?.quotas, ...quotasIn(options.quota) },
    ...lists,
  });
  terminal.print(former ? `${name} is changed.` : `${name} is there. \`upkeep user invite EMAIL --tenant ${name}\``);
  return 0;
}

/** `sites=10,names=30` */
function quotasIn(said: unknown): Record<string, number | undefined> {
  if (typeof said !== "string") return {};
  return Object.fromEntries(
    said.split(",").map((each): [string, number | undefined] => {
      const [, name, number] = /^\s*(\w+)=(\d*)\s*$/.exec(each) ?? [];
      if (name === undefined) throw new UserError(`"${each}" is no quota; say them like sites=10,names=30`);
      return [name, number === "" ? undefined : Number(number)];
    }),
  );
}

async function remove(api: Api, name: string, { terminal }: Invocation): Promise<ExitCode> {
  await api.delete(`${tenants}/${encodeURIComponent(name)}`, {});
  terminal.print(`${name} is no tenant any longer.`);
  return 0;
}
