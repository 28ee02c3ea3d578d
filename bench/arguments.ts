import { parseArgs } from "node:util";
import { kept } from "./history.ts";

export interface Arguments {
  /** Benches by name; all of them if empty. */
  readonly names: readonly string[];
  /** Only those whose code changed since this commit. */
  readonly since: string | undefined;
  readonly list: boolean;
  /** Only the page and the drawings, from the figures that are there. */
  readonly report: boolean;
  readonly help: boolean;
}

/** The words on the command line say nothing that can be done. */
export class UsageError extends Error {}

export const help = (benches: readonly string[]): string => `Usage: npm run bench -- [options] [BENCH...]

Measures Upkeep beside its peers. Each bench boots a lab host of its own, so this needs root and takes minutes to an hour.
A run is added to bench/results.json, which keeps the last ${kept} of each bench; bench/RESULTS.md and bench/history/ are written from it.

Benches: ${benches.join(", ")}. Without a name, all of them.

Options:
  --since COMMIT  only benches whose code changed since this commit, uncommitted changes included: the files that a bench
                  imports, and those that bench/coverage.ts lists for it
  --list          print which benches would run, and why; run none
  --report        write RESULTS.md and the drawings from results.json; run none
  --help          print this text

Examples:
  npm run bench                                all benches
  npm run bench -- web jail                    two of them
  npm run bench -- --since 3d51024 --list      what to measure again before a release
  npm run bench -- --since HEAD                what uncommitted changes concern
  npm run bench -- --since 3d51024 jail pool   of these two, those that changed

Exit status: 0 all ran, 1 a bench failed, 2 the arguments are wrong.`;

export function readArguments(argv: readonly string[], benches: readonly string[]): Arguments {
  const { values, positionals } = parsed(argv);
  const unknown = positionals.filter((name) => !benches.includes(name));
  if (unknown.length > 0)
    throw new UsageError(`There is no bench ${unknown.join(", ")}. There are: ${benches.join(", ")}.`);
  return { names: positionals, since: values.since, list: values.list, report: values.report, help: values.help };
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        since: { type: "string" },
        list: { type: "boolean", default: false },
        report: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\`npm run bench -- --help\` shows what there is.`);
  }
}
