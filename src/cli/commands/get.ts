import { dump } from "js-yaml";
import { requireRecords } from "../../agent/upkeep.ts";
import { didYouMean } from "../../kinds/did-you-mean.ts";
import { kindNamed, kinds } from "../../kinds/index.ts";
import type { Condition } from "../../model/condition.ts";
import { UserError } from "../../model/problem.ts";
import type { Stored } from "../../store/records.ts";
import type { Run, Terminal } from "../command.ts";
import { conditionColour } from "../conditions.ts";
import { controlHere } from "../control-here.ts";
import { withUpkeep } from "../with-upkeep.ts";

export const run: Run = async (invocation) => {
  const remote = await controlHere();
  if (remote) return (await import("../estate-views.ts")).getThrough(remote, invocation);
  const { positionals, options, json, terminal } = invocation;
  const [kind, name] = positionals;
  return withUpkeep({ make: false }, async (upkeep) => {
    requireRecords(upkeep);
    if (kind && !kindNamed(kind)) {
      const names = kinds.map((each) => each.name);
      throw new UserError(`there is no kind "${kind}"${didYouMean(kind, names) || `; there is: ${names.join(", ")}`}`);
    }
    const all = await upkeep.records.list(kind);
    const wanted = name === undefined ? undefined : normalised(kind!, name);
    const found = wanted === undefined ? all : all.filter((each) => each.name === wanted);
    if (wanted !== undefined && found.length === 0) {
      throw new UserError(
        `there is no ${kind}/${wanted}${didYouMean(
          wanted,
          all.map((each) => each.name),
        )}`,
      );
    }
    const format = json ? "json" : (options.output ?? (name === undefined ? "table" : "yaml"));
    if (format === "table") printTable(found, upkeep.ledger.conditions(), terminal);
    else
      terminal.print(
        format === "json" ? JSON.stringify(found.map(plain), undefined, 2) : found.map(toYaml).join("---\n").trimEnd(),
      );
    return 0;
  });
};

export const plain = ({ kind, name, spec, placement }: Pick<Stored, "kind" | "name" | "spec" | "placement">) => ({
  kind,
  name,
  ...placement,
  ...(Object.keys(spec as object).length > 0 && { spec }),
});

/** What `apply` takes. */
export const toYaml = (resource: Parameters<typeof plain>[0]): string =>
  dump(plain(resource), { lineWidth: 100, quoteStyle: "double", noRefs: true });

/** A name as it is stored, so that `münchen.example` finds what was stored as its A-label. */
export function normalised(kindName: string, name: string): string {
  const result = kindNamed(kindName)?.normaliseName(name);
  return result && "name" in result ? result.name : name;
}

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
