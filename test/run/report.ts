import { type Outcome, outcomeName } from "./run-job.ts";

/** What the runs of one job have come to, in order: one, or two where the first failed. */
export interface Verdict {
  readonly runs: readonly Outcome[];
  readonly is: "passed" | "failed" | "flaky, and known to be" | "flaky";
}

/** A failed suite that passes when it is run again alone is green only where it is known to do that. */
export function verdictOf(runs: readonly Outcome[], isKnownFlake: boolean): Verdict {
  const [first, again] = runs;
  const is = first?.isGreen ? "passed" : !again?.isGreen ? "failed" : isKnownFlake ? "flaky, and known to be" : "flaky";
  return { runs, is };
}

export const isGreen = ({ is }: Verdict): boolean => is === "passed" || is === "flaky, and known to be";

const seconds = (value: number): string => `${Math.round(value)} s`.padStart(7);

/** How long each suite took, the longest first. */
export function timesTable(outcomes: readonly Outcome[]): string {
  const rows = [...outcomes]
    .sort((one, other) => other.seconds - one.seconds)
    .map(
      (outcome) =>
        `${outcomeName(outcome).padEnd(40)}${seconds(outcome.seconds)}${seconds(outcome.seconds - outcome.tested)}${seconds(outcome.tested)}${seconds(outcome.waited)}`,
    );
  const heads = ["all", "set up", "tests", "waited"].map((head) => head.padStart(7)).join("");
  return [`${"suite".padEnd(40)}${heads}`, ...rows].join("\n");
}

/** The failed tests of one outcome, with what they said. */
export function failuresOf(outcome: Outcome): string {
  const failed = outcome.tests.filter((test) => test.outcome === "failed");
  const lines = failed.map(({ name, error }) => `  ✖ ${name.join(" > ")}\n${indent(error ?? "")}`);
  if (failed.length === 0) lines.push("  it ended before its tests did");
  return [`${outcomeName(outcome)}; see ${outcome.directory}`, ...lines].join("\n");
}

const indent = (text: string): string =>
  text
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n");
