import { roughly } from "../model/duration.ts";
import { withThousands } from "../model/number.ts";
import type { Figure, RunEntry, RunRecord, StepRecord } from "../model/run.ts";

/** What a run leaves behind for people, as Markdown; the same as JSON is the record and its entries. */
export function reportOf(run: RunRecord, entries: readonly RunEntry[]): string {
  const { id, runbook, title, actor, state, startedAt, endedAt, problem, steps } = run;
  return [
    `# Run ${id}: ${runbook}`,
    "",
    `${title}.`,
    "",
    `${state} | begun ${moment(startedAt)} by ${actor}${endedAt === undefined ? "" : ` | ended ${moment(endedAt)}, after ${roughly(endedAt - startedAt)}`}`,
    ...(problem === undefined ? [] : ["", `**${problem}**`]),
    "",
    "| step | | took | figures |",
    "|---|---|---|---|",
    ...steps.map((step) => `| ${cell(step.name)} | ${stateOf(step)} | ${tookOf(step)} | ${figuresOf(step.figures)} |`),
    "",
    ...entries.map(({ at, step, says }) => `- ${moment(at)} ${step === undefined ? "" : `*${step}*: `}${says}`),
    "",
  ].join("\n");
}

const stateOf = ({ state, attempts, problem }: StepRecord): string =>
  cell(
    [state === "found" ? "was done already" : state, attempts > 1 ? `${attempts} attempts` : "", problem ?? ""]
      .filter(Boolean)
      .join(", "),
  );

const tookOf = ({ startedAt, endedAt }: StepRecord): string =>
  startedAt === undefined || endedAt === undefined ? "" : lengthOf(endedAt - startedAt);

const figuresOf = (figures: readonly Figure[]): string =>
  figures.map(({ name, value, unit }) => `${name}: ${withThousands(value)} ${unit}`).join(", ");

/** `340 ms`, `12 s`. */
export const lengthOf = (milliseconds: number): string =>
  milliseconds < 1_000 ? `${Math.round(milliseconds)} ms` : roughly(milliseconds);

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll(/\s+/g, " ");

const moment = (at: number): string => `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
