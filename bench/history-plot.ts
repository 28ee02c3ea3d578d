import type { Figure } from "./figures.ts";
import { type Machine, measuredAt, type Run } from "./history.ts";
import { type Curve, type Panel, plot } from "./plot.ts";
import { goalWords, rounded } from "./report.ts";
import { wrap } from "./wrap.ts";

const legend =
  "A hollow point is not exactly that commit's code: it is older, or had uncommitted changes. The line breaks where the machine changed.";

/** Letters in a line of a panel's title, and lines. */
const [lineLength, mostLines] = [42, 3] as const;

/** How the figures of one bench changed: a panel for each figure of the newest run, the commits along x. */
export function historyPlot(title: string, runs: readonly Run[]): string {
  const newest = runs.at(-1)!;
  return plot({
    title: `${title}: how the figures changed`,
    legend,
    along: { says: "commit", names: runs.map(({ commit, code }) => (code === "before" ? `before ${commit}` : commit)) },
    panels: newest.figures.map((figure) => panelOf(figure, runs)),
    columns: 3,
  });
}

function panelOf(figure: Figure, runs: readonly Run[]): Panel {
  const { name, says, unit, goal } = figure;
  const points: Curve["points"][number][] = [];
  let former: Machine | undefined;
  for (const [index, run] of runs.entries()) {
    const found = run.figures.find((each) => each.name === name && each.unit === unit);
    if (!found) continue;
    const words = `${rounded(found.value)} ${unit} ${measuredAt(run).replaceAll("`", "")}, ${run.machine.processor}`;
    const apart = former !== undefined && !isSame(former, run.machine);
    points.push([index, found.value, { says: words, hollow: run.code !== "clean", apart }]);
    former = run.machine;
  }
  const limit = goal.atMost ?? goal.atLeast;
  return {
    title: titleOf(says),
    unit,
    curves: [{ says: "", points }],
    ...(limit !== undefined && { goal: { at: limit, says: goalWords(figure) } }),
  };
}

/** Figures of other processors, or of more of them, are no development. */
const isSame = (one: Machine, other: Machine): boolean =>
  one.cores === other.cores && one.processor === other.processor && one.memory === other.memory;

/** Markdown as a title of a few lines. */
function titleOf(says: string): string[] {
  const plain = says.replaceAll(/ \(\[[^\]]*\]\([^)]*\)\)/g, "").replaceAll("`", "");
  const lines = wrap(plain, lineLength);
  return lines.length <= mostLines ? lines : [...lines.slice(0, mostLines - 1), `${lines[mostLines - 1]} …`];
}
