import { type Figure, isMet } from "./figures.ts";
import { type Machine, measuredAt, newestOf, type Run } from "./history.ts";

const introduction = `# Measured

\`npm run bench\` writes this page. Each figure and its peer's come from the same run. Each heading is followed by the commit and the date at which
its figures were measured, and by the machine. [results.json](results.json) keeps earlier runs; *History* draws them.

\`npm run bench -- --since COMMIT\` runs only the benches whose code changed since that commit; with \`--list\` it
only prints them, with the reason.
`;

/** RESULTS.md: the newest run of each bench, in the order of the benches. */
export function report(
  benches: readonly { readonly name: string; readonly title: string }[],
  history: readonly Run[],
): string {
  const chapters = benches.flatMap(({ name, title }) => {
    const run = newestOf(history, name);
    return run ? [chapter(title, run)] : [];
  });
  return [introduction, ...chapters].join("\n");
}

const chapter = (title: string, run: Run): string => `## ${title}

Measured ${measuredAt(run)} on ${machineWords(run.machine)}. [History](history/${run.bench}.svg)

${table(run.figures)}
`;

/** Whole words of the machine, as they stand under each heading. */
function machineWords({ cores, processor, memory, architecture, kernel, release }: Machine): string {
  const system = kernel === undefined ? "" : `, Linux ${kernel}`;
  return `${cores} cores (${processor}), ${memory} GiB, ${architecture}${system}; a lab host (${release}) on ext4`;
}

export const table = (figures: readonly Figure[]): string =>
  [
    "| what | measured | goal | peer | peer's | ratio | met |",
    "|---|---|---|---|---|---|---|",
    ...figures.map(row),
  ].join("\n");

function row(figure: Figure): string {
  const { says, value, unit, peer = "", peerValue, ratio } = figure;
  const limit = goalWords(figure);
  const met = limit === "" ? "" : isMet(figure) ? "yes" : "**no**";
  return `| ${says} | ${rounded(value)} ${unit} | ${limit} | ${peer} | ${peerValue === undefined ? "" : `${rounded(peerValue)} ms`} | ${ratio === undefined ? "" : rounded(ratio)} | ${met} |`;
}

export function goalWords({ goal: { atMost, atLeast }, unit }: Pick<Figure, "goal" | "unit">): string {
  if (atMost !== undefined) return `at most ${atMost} ${unit}`;
  return atLeast === undefined ? "" : `at least ${atLeast} ${unit}`;
}

export const rounded = (value: number): string =>
  Math.abs(value) >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);
