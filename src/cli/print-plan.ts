import { createTwoFilesPatch } from "diff";
import type { PlannedChange } from "../client/paths.ts";
import { planned } from "../control/http/planned.ts";
import { withThousands } from "../model/number.ts";
import type { Change, Plan } from "../model/plan.ts";
import { summarise } from "../model/plan.ts";
import type { Style, Terminal } from "./command.ts";

const signs: Record<Change["verb"], [string, Style]> = {
  create: ["+", "green"],
  update: ["~", "yellow"],
  delete: ["-", "red"],
};

/** More changes than anyone reads are counted, not shown. */
const most = 400;

/** The plan for people: a unified diff per file, a line for everything else, and a summary. */
export const printPlan = (plan: Plan, terminal: Pick<Terminal, "style">): string =>
  printPlanned({ ...plan, changes: plan.changes.map(planned) }, terminal);

/** A host's plan as the API tells it. */
export interface PlanTold extends Pick<Plan, "starts" | "reloads" | "notes"> {
  readonly changes: readonly PlannedChange[];
  readonly refused: readonly { readonly ref: string; readonly reason: string }[];
}

/** The same of that. */
export function printPlanned(plan: PlanTold, { style }: Pick<Terminal, "style">): string {
  const shown = plan.changes.slice(0, most);
  const hidden = plan.changes.length - shown.length;
  return [
    ...shown.map((change) => describe(change, style)),
    ...(hidden > 0 ? [style("dim", `... and ${withThousands(hidden)} more changes (--json has them all)`)] : []),
    ...plan.notes.map((note) => `${style("yellow", "note:")} ${note}`),
    ...plan.refused.map(({ ref, reason }) => `${style("red", `${ref} cannot be carried out:`)} ${reason}`),
    plan.changes.length === 0 ? "Nothing to change." : style("bold", `${summarise(plan)}.`),
  ].join("\n");
}

function describe(change: PlannedChange, style: Terminal["style"]): string {
  const [sign, colour] = signs[change.verb];
  const extra = [change.detail, change.drift].filter(Boolean).join("; ");
  const line = `${style(colour, `${sign} ${change.type} ${change.name}`)}${extra ? ` (${extra})` : ""}${style("dim", `  ${because(change.because)}`)}`;
  const diff = diffOf(change, style);
  return diff ? `${line}\n${diff}` : line;
}

function because(refs: readonly string[]): string {
  const [first, ...others] = refs;
  return others.length > 0 ? `${first} and ${others.length} more` : (first ?? "");
}

function diffOf({ verb, type, before = "", after }: PlannedChange, style: Terminal["style"]): string | undefined {
  if (type !== "file" && type !== "insertion") return undefined;
  if (after === undefined && verb !== "delete") return style("dim", "    (content not shown)");
  return before === (after ?? "") ? undefined : unifiedDiff(before, after ?? "", style);
}

/** A unified diff without its header, indented, coloured. */
export function unifiedDiff(before: string, after: string, style: Terminal["style"]): string {
  const patch = createTwoFilesPatch("", "", before, after, "", "", { context: 2 });
  return patch
    .split("\n")
    .slice(4)
    .filter((line) => line !== "" && !line.startsWith("\\"))
    .map((line) => {
      const colour: Style | undefined = line.startsWith("+")
        ? "green"
        : line.startsWith("-")
          ? "red"
          : line.startsWith("@@")
            ? "cyan"
            : undefined;
      return `    ${colour ? style(colour, line) : line}`;
    })
    .join("\n");
}

/** The plan for programs. Secrets are left out. */
export const planAsJson = (plan: Plan) => ({
  ...plan,
  changes: plan.changes.map(({ item, before, drift, ...change }) =>
    item.type === "file" && item.secret
      ? { ...change, item: { ...item, content: null } }
      : { ...change, item, ...(before && { before }), ...(drift && { drift }) },
  ),
  summary: summarise(plan),
});
