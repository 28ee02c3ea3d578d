import { dump } from "js-yaml";
import { lookAtRecords } from "../../agent/health.ts";
import { sealedSpec } from "../../agent/sealed-spec.ts";
import { requireRecords, type Upkeep } from "../../agent/upkeep.ts";
import type { Condition } from "../../model/condition.ts";
import { conditionsWith } from "../../model/health.ts";
import type { Stored } from "../../store/records.ts";
import type { Invocation, Run, Terminal } from "../command.ts";
import { conditionColour } from "../conditions.ts";
import { controlHere } from "../control-here.ts";
import { lookUp } from "../look-up.ts";
import { withUpkeep } from "../with-upkeep.ts";

export const run: Run = async (invocation) => {
  const remote = await controlHere();
  if (remote) return (await import("../estate-views.ts")).getThrough(remote, invocation);
  const { positionals, terminal } = invocation;
  const [kind, name] = positionals;
  return withUpkeep({ make: false }, async (upkeep) => {
    requireRecords(upkeep);
    const found = await Promise.all(
      (await lookUp(upkeep.records, kind, name)).map(async (record) => ({
        ...record,
        spec: await sealedSpec(upkeep, record.ref, record.spec),
      })),
    );
    if (!printWhole(found, invocation)) printTable(found, await conditionsHere(upkeep), terminal);
    return 0;
  });
};

const conditionsHere = async ({ host, ledger }: Upkeep) =>
  conditionsWith(ledger.conditions(), (await lookAtRecords(host, ledger)).records);

/** Prints records as YAML or JSON, where that is wanted rather than a table. */
export function printWhole(found: readonly Stored[], { positionals, options, json, terminal }: Invocation): boolean {
  const format = json ? "json" : (options.output ?? (positionals.length < 2 ? "table" : "yaml"));
  if (format === "json") terminal.print(JSON.stringify(found.map(plain), undefined, 2));
  else if (format === "yaml") terminal.print(found.map(toYaml).join("---\n").trimEnd());
  return format !== "table";
}

const plain = ({
  kind,
  name,
  spec,
  placement,
  tenant,
}: Pick<Stored, "kind" | "name" | "spec" | "placement" | "tenant">) => ({
  kind,
  name,
  ...(tenant !== undefined && { tenant }),
  ...placement,
  ...(Object.keys(spec as object).length > 0 && { spec }),
});

/** What `apply` takes. */
export const toYaml = (resource: Parameters<typeof plain>[0]): string =>
  dump(plain(resource), { lineWidth: 100, quoteStyle: "double", noRefs: true });

function printTable(resources: readonly Stored[], conditions: readonly Condition[], { print, style }: Terminal): void {
  if (resources.length === 0) {
    print("Nothing is stated yet. Try: upkeep apply examples/first-site.yaml");
    return;
  }
  const states = new Map(conditions.map((condition) => [condition.ref, condition]));
  const width = Math.max(8, ...resources.map(({ ref }) => ref.length)) + 2;
  print(style("bold", `${"RESOURCE".padEnd(width)}${"CONDITION".padEnd(13)}`));
  for (const { ref } of resources) {
    const condition = states.get(ref);
    const state = condition?.state ?? "Pending";
    print(
      `${ref.padEnd(width)}${style(conditionColour[state], state.padEnd(13))}${style("dim", condition?.message.split("\n")[0] ?? "")}`,
    );
  }
}
