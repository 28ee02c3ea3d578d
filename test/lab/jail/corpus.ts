import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Reader } from "../../../src/watches/jail/filter/config.ts";
import { readFilter } from "../../../src/watches/jail/filter/definition.ts";
import { type Failure, type Matcher, openMatcher } from "../../../src/watches/jail/filter/matcher.ts";

/*
 * The annotated logs that come with Debian's fail2ban: each line says in a comment before it whether the filter of the same
 * name should match it, and what it should find. See fail2ban/tests/samplestestcase.py there for what the comments mean.
 */

/** A line of a log with one set of options of its filter. */
export interface Case {
  readonly filter: string;
  readonly options: string;
  readonly place: string;
  readonly line: string;
  /** What is wrong; `undefined` if everything is as annotated. */
  readonly problem: string | undefined;
}

interface Annotation {
  readonly match?: boolean;
  readonly time?: string;
  readonly constraint?: string;
  readonly [field: string]: unknown;
}

type Options = Readonly<Record<string, string>>;

/** "Now" of the annotations: noon in Zurich, on the 14th of August 2005. */
const now = Date.UTC(2005, 7, 14, 10);

/** Goes through all logs; the process has to be in the zone Europe/Zurich. `root` is where Debian's package is unpacked. */
export function* corpus(root: string): Generator<Case> {
  const tests = join(root, "usr/lib/python3/dist-packages/fail2ban/tests");
  const directories = [
    { directory: join(root, "etc/fail2ban/filter.d"), filter: (name: string) => !name.endsWith("common.conf") },
    { directory: join(tests, "config/filter.d"), filter: (name: string) => name.startsWith("zzz-") },
  ];
  for (const { directory, filter } of directories)
    for (const file of readdirSync(directory).filter((name) => name.endsWith(".conf") && filter(name)))
      yield* casesOf(file.replace(/\.conf$/, ""), directory, join(tests, "files/logs"), reader(root));
}

/** One filter of the tests includes a file from where it is in fail2ban's own tree. */
const reader =
  (root: string): Reader =>
  (given) => {
    const path = given.replace(/^.*\/config\/filter\.d\/common\./, join(root, "etc/fail2ban/filter.d/common."));
    return existsSync(path) ? readFileSync(path, "utf8") : undefined;
  };

interface Trial {
  readonly options: Options;
  readonly label: string;
  readonly matcher: Matcher;
}

function* casesOf(name: string, directory: string, logs: string, read: Reader): Generator<Case> {
  const matchers = new Map<string, Matcher>();
  const trialOf = (options: Options): Trial => {
    const given = Object.fromEntries(Object.entries(options).filter(([key]) => !key.startsWith("test.")));
    const label = options["test.filter-name"] ?? JSON.stringify(given);
    let matcher = matchers.get(label);
    if (!matcher) {
      matcher = openMatcher(readFilter(join(directory, name), given, read), { now: () => now });
      matchers.set(label, matcher);
    }
    return { options, label, matcher };
  };
  const files = [name];
  let trials: Trial[] | undefined;
  let common: Options = {};
  for (const file of files) {
    const lines = readFileSync(join(logs, file), "utf8").split(/\r?\n/);
    if (lines.at(-1) === "") lines.pop();
    let isIgnored = false;
    let annotation: Annotation = {};
    for (let index = 0; index < lines.length; index++) {
      const [, what, text = ""] = /^#+ ?(failJSON|fileOptions|filterOptions|addFILE):(.+)$/.exec(lines[index]!) ?? [];
      if (what === "fileOptions") common = JSON.parse(text) as Options;
      else if (what === "addFILE") files.push(JSON.parse(text) as string);
      else if (what === "filterOptions") {
        const all = [JSON.parse(text) as Options | Options[]].flat().map((each) => ({ ...common, ...each }));
        isIgnored = false;
        trials = [];
        for (const options of all) {
          if (options["test.condition"]) isIgnored = !holds(options["test.condition"], name, options);
          if (!isIgnored) trials.push(trialOf(options));
        }
      }
      if (what !== undefined && what !== "failJSON") continue;
      if (what === "failJSON") {
        annotation = JSON.parse(text) as Annotation;
        index++;
      } else if (isIgnored || lines[index]!.startsWith("#") || lines[index]!.trim() === "") continue;
      else annotation = {};
      if (isIgnored) continue;
      trials ??= [trialOf({})];
      const line = lines[index]!.replace(/[\r\n]+$/, "");
      for (const { options, label, matcher } of trials) {
        if (annotation.constraint && !holds(annotation.constraint, name, options)) continue;
        const prefixed = (options["test.prefix-line"] ?? "") + line;
        const verdict = matcher.judge(options.logtype === "journal" ? { text: prefixed, moment: now } : { text: line });
        const found = verdict.is === "failure" ? verdict.failure : undefined;
        const problem = problemOf(annotation, found, options.logtype === "journal");
        yield { filter: name, options: label, place: `${file}:${index + 1}`, line, problem };
      }
    }
  }
}

function problemOf(annotation: Annotation, found: Failure | undefined, isJournal: boolean): string | undefined {
  const { match = false, time, constraint, desc, ...fields } = annotation;
  if (!found) return match ? "it should match" : undefined;
  if (!match) return `it should not match, and is of ${found.id} (failregex ${found.expression})`;
  for (const [name, wanted] of Object.entries(fields)) {
    const value =
      name === "host"
        ? (found.host ?? found.id)
        : name === "attempts"
          ? found.lines.length
          : name === "users"
            ? found.users
            : found.groups[name];
    if (JSON.stringify(sorted(value ?? null)) !== JSON.stringify(sorted(wanted)))
      return `${name} should be ${JSON.stringify(wanted)}, and is ${JSON.stringify(value)}`;
  }
  if (typeof time !== "string" || isJournal) return undefined;
  // Some leave out a nought: 2005-03-7T02:09:33.
  const [year, month, ...rest] = time.split(/[-T:.]/).map(Number) as [number, number, ...number[]];
  const wanted = new Date(year, month - 1, ...rest.slice(0, 4)).getTime() / 1000;
  const is = Math.floor((found.moment ?? 0) / 1000);
  return is === wanted ? undefined : `its time should be ${time}, and is ${new Date(is * 1000).toISOString()}`;
}

/** The few conditions that there are. */
function holds(condition: string, name: string, options: Options): boolean {
  const [, left, sign, value] = /^(name|opts\.get\('mode'\)) ?(==|!=) ?'(\w+)'$/.exec(condition) ?? [];
  if (left === undefined) throw new Error(`a condition that is not known: ${condition}`);
  return ((left === "name" ? name : options.mode) === value) === (sign === "==");
}

const sorted = (value: unknown): unknown => (Array.isArray(value) ? value.toSorted() : value);
