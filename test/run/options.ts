import { parseArgs } from "node:util";
import { type LabRelease, labRelease, labReleases } from "../../lab/releases.ts";
import { type Suite, suites } from "./suites.ts";

export const usage = `npm test                             everything; each suite of the lab on Debian 12 or 13, in turn
npm test -- site maintenance-nginx   only these suites of the lab
npm test -- --release trixie site    on one release
npm run test:releases                everything, each suite on both releases
npm test -- --changed                what the uncommitted change touches, on both releases
npm test -- --changed main~3         what has come since a commit
npm test -- --flakes                 suites that are known to fail now and then, twenty times each
npm run test:lab                     suites of the lab alone, without checks and unit tests
npm run test:unit                    unit tests alone
npm test -- --record                 writes how long suites took into test/durations.json, for the order of later runs
`;

export interface Options {
  readonly releases: readonly LabRelease[];
  /** Each suite runs on every release. */
  readonly onAll: boolean;
  readonly only: readonly Suite[] | undefined;
  readonly changedSince: string | undefined;
  readonly isLabAlone: boolean;
  readonly isUnitAlone: boolean;
  readonly repeatsFlakes: boolean;
  readonly records: boolean;
  readonly wantsHelp: boolean;
}

/** Throws with what is wrong, and what there is. */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      release: { type: "string" },
      releases: { type: "boolean", default: false },
      changed: { type: "boolean", default: false },
      lab: { type: "boolean", default: false },
      unit: { type: "boolean", default: false },
      flakes: { type: "boolean", default: false },
      record: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const names = values.changed ? positionals.slice(1) : positionals;
  const only = names.map((name) => {
    const found = suites.find((suite) => suite.name === name || suite.file === name);
    if (!found) throw new Error(`there is no suite "${name}"; there is: ${suites.map((each) => each.name).join(", ")}`);
    return found;
  });
  return {
    releases: values.release === undefined ? labReleases : [labRelease(values.release)],
    onAll: values.releases || values.changed,
    only: only.length > 0 ? only : undefined,
    changedSince: values.changed ? (positionals[0] ?? "HEAD") : undefined,
    isUnitAlone: values.unit,
    isLabAlone: values.lab || only.length > 0,
    repeatsFlakes: values.flakes,
    records: values.record,
    wantsHelp: values.help,
  };
}
