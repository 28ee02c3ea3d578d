import { createReadStream, readFileSync } from "node:fs";
import { createGunzip } from "node:zlib";
import { load } from "js-yaml";
import { UserError } from "../../model/problem.ts";
import { detached } from "../../watches/detached.ts";
import type { Limits } from "../../watches/jail/counting.ts";
import type { Definition } from "../../watches/jail/filter/definition.ts";
import { filterOf, usualFilters } from "../../watches/jail/filter/find.ts";
import { type Failure, type Matcher, openMatcher, type Verdict } from "../../watches/jail/filter/matcher.ts";
import { readOwnFilter } from "../../watches/jail/filter/own.ts";
import { useLinearEngine } from "../../watches/jail/regex/linear.ts";
import { openScanner } from "../../watches/jail/scan.ts";
import type { Invocation, Run } from "../command.ts";
import { openDryRun, type WouldBe } from "../dry-run.ts";
import { importJails } from "../import-jails.ts";
import { readText } from "../read-text.ts";
import { durationOf } from "../time.ts";

export const run: Run = async (invocation) => {
  const [verb, filter, log] = invocation.positionals;
  if (verb === "import") return importJails(filter ?? "/etc/fail2ban", invocation);
  if (verb !== "test" || filter === undefined || log === undefined)
    throw new UserError(
      "say `upkeep jail test FILTER LOG`, for example: upkeep jail test sshd /var/log/auth.log; or `upkeep jail import`",
    );
  return test(filter, log, invocation);
};

async function test(filter: string, log: string, { options, json, terminal }: Invocation): Promise<0> {
  useLinearEngine();
  const definition = definitionOf(filter, typeof options.filters === "string" ? options.filters : usualFilters);
  const now = momentGiven(options.now) ?? Date.now();
  const matcher = matcherFor(definition, filter, now);
  const tally = openTally(matcher);
  const dryRun = options["dry-run"] === true ? openDryRun(limitsFrom(options)) : undefined;
  const show = dryRun || options.quiet === true ? undefined : json ? jsonLines(terminal) : explained(matcher, terminal);
  const scanner = openScanner(matcher, ({ number, text, verdict }) => {
    tally.count(verdict);
    if (verdict) dryRun?.take(verdict);
    show?.known(number, text, verdict);
  });
  const source = log === "-" ? process.stdin : createReadStream(log, { highWaterMark: 1 << 20 });
  const stream = log.endsWith(".gz") ? source.pipe(createGunzip()) : source;
  const unreadable = (error: Error) => new UserError(`${log}: ${error.message}`);
  source.on("error", (error: Error) => stream !== source && stream.destroy(unreadable(error)));
  try {
    for await (const chunk of stream) {
      scanner.write(chunk as Buffer);
      show?.upTo(scanner.lines);
      terminal.progress(`${scanner.lines.toString()} lines`);
    }
  } catch (error) {
    throw error instanceof UserError ? error : unreadable(error as Error);
  } finally {
    terminal.progress(undefined);
  }
  scanner.end();
  show?.upTo(scanner.lines);
  if (dryRun) printDryRun(dryRun.banned(), { json, terminal });
  else if (!json) terminal.print(tally.summary(scanner.lines, definition));
  return 0;
}

function definitionOf(given: string, directory: string): Definition {
  if (/<(HOST|ADDR|SUBNET|IP4|IP6|DNS|F-ID|F-MLFID)\b/.test(given)) return readOwnFilter({ failregex: given }, "-");
  try {
    return /\.(ya?ml|json)$/.test(given)
      ? readOwnFilter(load(readFileSync(given, "utf8")), given)
      : filterOf(given, readText, directory);
  } catch (error) {
    throw new UserError(`filter ${given}: ${(error as Error).message}`);
  }
}

function matcherFor(definition: Definition, filter: string, now: number): Matcher {
  try {
    return openMatcher(definition, { now: () => now });
  } catch (error) {
    throw new UserError(`filter ${filter}: ${(error as Error).message}`);
  }
}

function momentGiven(text: string | boolean | undefined): number | undefined {
  if (typeof text !== "string") return undefined;
  const moment = new Date(text).getTime();
  if (Number.isNaN(moment)) throw new UserError(`--now ${text} is no time; say 2026-11-21T18:00`);
  return moment;
}

function limitsFrom(options: Invocation["options"]): Limits {
  const maxRetry = Number(options["max-retry"] ?? 5);
  if (!Number.isInteger(maxRetry) || maxRetry < 1)
    throw new UserError(`--max-retry ${options["max-retry"]} is no number`);
  const banTime = durationOf(String(options["ban-time"] ?? "10m"));
  const findTime = durationOf(String(options["find-time"] ?? "10m"));
  return { maxRetry, findTime, banTime, growth: 2, longest: Math.max(banTime, durationOf("1w")) };
}

function printDryRun(banned: readonly WouldBe[], { json, terminal }: Pick<Invocation, "json" | "terminal">): void {
  if (json) {
    const said = banned.map(({ bans, succeeded, ...rest }) => ({
      ...rest,
      bans: bans.map(isoTime),
      ...(succeeded !== undefined && { succeeded: true }),
    }));
    terminal.print(JSON.stringify(said, undefined, 2));
    return;
  }
  const signedIn = banned.filter(({ succeeded }) => succeeded !== undefined);
  const among = signedIn.length > 0 ? `, among them ${signedIn.length} that signed in successfully` : "";
  terminal.print(`It would have banned ${banned.length}${among}.`);
  const width = Math.max(...banned.map(({ address }) => address.length));
  for (const { address, bans, failures, succeeded } of banned) {
    const times = bans.length > 1 ? `, ${bans.length} times` : "";
    const mark = succeeded === undefined ? "" : terminal.style("yellow", "  signed in successfully");
    terminal.print(`  ${address.padEnd(width)}  ${isoTime(bans[0]!)}  ${failures} failures${times}${mark}`);
  }
}

interface Show {
  known(number: number, text: string, verdict: Verdict | undefined): void;
  /** All lines up to this one have been judged. */
  upTo(number: number): void;
}

/** One object for each line, also for those that the filter does not know. */
function jsonLines({ print }: Invocation["terminal"]): Show {
  let next = 1;
  let pending: string[] = [];
  const unmatched = (until: number) => {
    for (; next < until; next++) pending.push(`{"line": ${next}, "match": false}`);
  };
  return {
    known(number, _, verdict) {
      unmatched(number);
      pending.push(JSON.stringify({ line: number, ...describe(verdict) }));
      next = number + 1;
    },
    upTo(number) {
      unmatched(number + 1);
      if (pending.length > 0) print(pending.join("\n"));
      pending = [];
    },
  };
}

/** What programs are told of a line that the filter knows. */
function describe(verdict: Verdict | undefined): object {
  if (!verdict) return { match: false, because: "tooSlow" };
  if (verdict.is !== "failure") return { match: false, ...(verdict.is !== "unknown" && { because: verdict.is }) };
  const { failure } = verdict;
  return {
    match: true,
    host: failure.host ?? failure.id,
    ...(failure.id !== failure.host && { id: failure.id }),
    ...(failure.moment !== undefined && { time: isoTime(failure.moment) }),
    ...(failure.user !== undefined && { user: failure.user }),
    expression: failure.expression,
  };
}

const isoTime = (moment: number): string => new Date(moment).toISOString().replace(".000Z", "Z");

const words: Readonly<Record<Exclude<Verdict["is"], "unknown" | "failure"> | "tooSlow", string>> = {
  tooSlow: "not judged: it took an expression too long",
  noFailure: "known, and no failure",
  pending: "a failure of somebody who is not known yet",
  ignored: "ignored, by ignoreregex",
};

function explained({ failregex }: Matcher, { print, style, width }: Invocation["terminal"]): Show {
  const subject = (failure: Failure) =>
    [
      style("bold", failure.id),
      failure.user === undefined ? "" : `user ${failure.user}`,
      failure.moment === undefined ? style("yellow", "no time") : isoTime(failure.moment),
    ]
      .filter((part) => part !== "")
      .join("  ");
  return {
    known(number, text, verdict) {
      if (verdict?.is === "unknown") return;
      if (!verdict) {
        print(`${style("yellow", `line ${number}`)}: ${words.tooSlow}`);
        print(style("dim", `  ${cut(text, width - 2)}`));
        return;
      }
      const isFailure = verdict.is === "failure";
      const says = isFailure ? subject(verdict.failure) : words[verdict.is];
      const expression = isFailure ? verdict.failure.expression : verdict.expression;
      print(`${style(isFailure ? "red" : "dim", `line ${number}`)}: ${says}`);
      print(style("dim", `  ${cut(text, width - 2)}`));
      print(style("dim", `  failregex ${expression + 1}: ${cut(failregex[expression]!.source, width - 16)}`));
    },
    upTo: () => {},
  };
}

const cut = (text: string, width: number): string => (text.length > width ? `${text.slice(0, width - 3)}...` : text);

/** Addresses may be half a million: those of IPv4 are counted as the numbers that they are. */
function shortKey(id: string): string | number {
  let value = 0;
  let byte = -1;
  let dots = 0;
  for (let index = 0; index < id.length; index++) {
    const code = id.charCodeAt(index);
    if (code === 46) {
      if (byte < 0) return detached(id);
      value = value * 256 + byte;
      byte = -1;
      dots++;
    } else if (code >= 48 && code <= 57) byte = Math.max(0, byte) * 10 + code - 48;
    else return detached(id);
    if (byte > 255) return detached(id);
  }
  return dots === 3 && byte >= 0 ? value * 256 + byte : detached(id);
}

const readableKey = (key: string | number): string =>
  typeof key === "string" ? key : [24, 16, 8, 0].map((shift) => (key >>> shift) & 255).join(".");

/** The highest counts, highest first. */
function mostOf(counts: ReadonlyMap<string | number, number>, many: number): [id: string, count: number][] {
  let least = 0;
  let best: [string | number, number][] = [];
  for (const each of counts) {
    if (each[1] <= least) continue;
    best.push(each);
    if (best.length < 10 * many) continue;
    best = best.toSorted(([, one], [, other]) => other - one).slice(0, many);
    least = best.at(-1)![1];
  }
  return best
    .toSorted(([, one], [, other]) => other - one)
    .slice(0, many)
    .map(([key, count]) => [readableKey(key), count]);
}

/** Counts, for what is said at the end. */
function openTally({ failregex, prefregex, ignoreregex }: Matcher) {
  const hits = failregex.map(() => 0);
  const subjects = new Map<string | number, number>();
  const others = new Map<string, number>();
  return {
    count(verdict: Verdict | undefined) {
      if (!verdict) others.set("tooSlow", (others.get("tooSlow") ?? 0) + 1);
      if (!verdict || verdict.is === "unknown") return;
      if (verdict.is !== "failure") {
        others.set(verdict.is, (others.get(verdict.is) ?? 0) + 1);
        return;
      }
      const { expression, id } = verdict.failure;
      hits[expression]!++;
      const key = shortKey(id);
      subjects.set(key, (subjects.get(key) ?? 0) + 1);
    },
    summary(lines: number, { files }: Definition): string {
      const failures = hits.reduce((sum, each) => sum + each, 0);
      const worst = mostOf(subjects, 10);
      const all = [...(prefregex ? [prefregex] : []), ...failregex, ...ignoreregex];
      const slow = all.filter(({ slow: why }) => why !== undefined);
      return [
        `${lines} lines; ${failures} match, from ${subjects.size} hosts; filter of ${files.join(", ")}`,
        ...[...others].map(([is, count]) => `${count} ${words[is as keyof typeof words]}`),
        ...hits.flatMap((count, index) => (count > 0 ? [`  failregex ${index + 1}: ${count}`] : [])),
        ...(worst.length > 0 ? ["most often:"] : []),
        ...worst.map(([id, count]) => `  ${id}  ${count}`),
        ...(slow.length > 0
          ? [
              `${slow.length} of ${all.length} expressions need to go back (${[...new Set(slow.map((each) => each.slow))].join(", ")}); a line gets a limited time`,
            ]
          : []),
      ].join("\n");
    },
  };
}
