import type { Figure } from "./figures.ts";

/** The machine that a run was on. */
export interface Machine {
  readonly cores: number;
  readonly processor: string;
  /** GiB. */
  readonly memory: number;
  readonly architecture: string;
  /** Not known of runs before the history was kept. */
  readonly kernel?: string;
  /** The release in the lab host: "Debian 12.11". */
  readonly release: string;
}

/** One bench, run once. */
export interface Run {
  readonly bench: string;
  /** Its short name. */
  readonly commit: string;
  /**
   * The code that was measured. `clean`: exactly the commit's. `changed`: the commit's, with uncommitted changes. `before`: unknown, but older than
   * the commit, which added these figures together with code. Only runs before the history was kept are `before`.
   */
  readonly code: "clean" | "changed" | "before";
  /** ISO 8601, UTC. */
  readonly date: string;
  readonly machine: Machine;
  readonly figures: readonly Figure[];
}

/** Runs that are kept of each bench. Each has about 200 bytes a figure, so the whole file stays below half a megabyte. */
export const kept = 30;

/** The history with one more run; of each bench the newest {@link kept} stay, in the order in which they were made. */
export function withRun(history: readonly Run[], run: Run): Run[] {
  const runs = [...history, run];
  const surplus = new Set(runs.filter(({ bench }) => bench === run.bench).slice(0, -kept));
  return runs.filter((each) => !surplus.has(each));
}

export const runsOf = (history: readonly Run[], bench: string): Run[] => history.filter((run) => run.bench === bench);

export const newestOf = (history: readonly Run[], bench: string): Run | undefined =>
  history.findLast((run) => run.bench === bench);

/** "at `3d51024` (2026-11-23)", as it follows "measured". */
export function measuredAt({ commit, code, date }: Run): string {
  const changes = code === "changed" ? " with uncommitted changes" : "";
  return `${code === "before" ? "before" : "at"} \`${commit}\`${changes} (${date.slice(0, 10)})`;
}

export const parseHistory = (text: string): Run[] => JSON.parse(text) as Run[];

/** JSON in which a figure is a line, so that a diff shows the runs that are new, and values can be compared by eye. */
export function printHistory(history: readonly Run[]): string {
  const runs = history.map(({ figures, ...run }) => {
    const head = JSON.stringify(run).slice(0, -1);
    return `${head},"figures":[\n${figures.map((figure) => ` ${JSON.stringify(rounded(figure))}`).join(",\n")}\n]}`;
  });
  return `[\n${runs.join(",\n")}\n]\n`;
}

/** Six digits are more than any measurement is exact to. */
function rounded(figure: Figure): Figure {
  const short = (value: number) => Number(value.toPrecision(6));
  return {
    ...figure,
    value: short(figure.value),
    ...(figure.peerValue !== undefined && { peerValue: short(figure.peerValue) }),
    ...(figure.ratio !== undefined && { ratio: short(figure.ratio) }),
  };
}
