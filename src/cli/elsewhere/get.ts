import type { ListedResource } from "../../client/paths.ts";
import type { Run, Terminal } from "../command.ts";
import { printWhole } from "../commands/get.ts";
import { conditionColour } from "../conditions.ts";
import { lookUp } from "../look-up.ts";
import { listed, recordsOf } from "./records.ts";
import { apiElsewhere } from "./server.ts";

export const run: Run = async (invocation) => {
  const { positionals, options, json, terminal } = invocation;
  const [kind, name] = positionals;
  const api = await apiElsewhere(invocation);
  const isTable = !json && (options.output ?? (name === undefined ? "table" : "yaml")) === "table";
  const query = { ...(kind !== undefined && { kind }), ...(name !== undefined && { search: name }) };
  const isMeant = (each: ListedResource) => name === undefined || each.name === name;
  if (isTable) printTable((await listed(api, query)).filter(isMeant), terminal);
  else printWhole(await lookUp(recordsOf(api), kind, name), invocation);
  return 0;
};

function printTable(resources: readonly ListedResource[], { print, style }: Terminal): void {
  if (resources.length === 0) {
    print("Nothing is stated yet, or nothing that is yours to see.");
    return;
  }
  const rows = resources.map(({ kind, name, tenant = "", hosts, state = "Pending" }) => ({
    ref: `${kind}/${name}`,
    tenant,
    hosts: hosts.join(",") || "-",
    state,
  }));
  const width = (field: "ref" | "tenant" | "hosts", title: string) =>
    Math.max(title.length, ...rows.map((row) => row[field].length)) + 2;
  const [refs, tenants, hosts] = [width("ref", "RESOURCE"), width("tenant", "TENANT"), width("hosts", "HOSTS")];
  print(style("bold", `${"RESOURCE".padEnd(refs)}${"TENANT".padEnd(tenants)}${"HOSTS".padEnd(hosts)}CONDITION`));
  for (const row of rows)
    print(
      `${row.ref.padEnd(refs)}${row.tenant.padEnd(tenants)}${row.hosts.padEnd(hosts)}${style(conditionColour[row.state], row.state)}`,
    );
}
