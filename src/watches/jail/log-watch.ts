import type { JailConfig } from "../../model/jail.ts";
import type { Memory } from "../memory.ts";
import type { Unsaid, Watch } from "../watch.ts";
import { filterOf } from "./filter/find.ts";
import { type Failure, type Found, type Matcher, openMatcher } from "./filter/matcher.ts";
import { openJail } from "./jail.ts";
import { inTime } from "./regex/linear.ts";
import { openScanner, type Scanner } from "./scan.ts";

/** What one entry of the journal may take. Milliseconds. */
const patience = 60;

/** Counts those who fail in the logs of a jail. Throws where its filter cannot be read. */
export function openLogWatch(
  config: JailConfig,
  {
    memory,
    now,
    read,
    trouble,
  }: {
    readonly memory: Pick<Memory, "standings">;
    readonly now: () => number;
    readonly read: (path: string) => string | undefined;
    readonly trouble: (text: string) => void;
  },
): Watch {
  const filter = config.journal.length > 0 || config.syslog ? asInJournal(config.filter) : config.filter;
  const definition = filterOf(filter, read);
  // Whatever is wrong with its expressions shows now.
  openMatcher(definition, { now });
  const jail = openJail(config, memory.standings(config.name), { now, never: () => false });
  const scanners = new Map<string, Scanner>();
  let journal: Matcher | undefined;
  let decided: Unsaid[] = [];

  function count(failure: Failure) {
    const decision = jail.take(failure);
    if (decision) decided.push(decision);
  }

  function scannerFor(path: string): Scanner {
    const known = scanners.get(path);
    if (known) return known;
    const scanner = openScanner(openMatcher(definition, { now }), ({ verdict, text }) => {
      if (!verdict)
        trouble(`${path}: jail ${config.name}: this line took too long and does not count: ${text.slice(0, 200)}`);
      else if (verdict.is === "failure") count(verdict.failure);
    });
    scanners.set(path, scanner);
    return scanner;
  }

  return {
    logs: config.logs,
    journal: config.journal,
    ...(config.syslog && { syslog: config.syslog }),
    lookBack: config.findTime,
    jail,
    bytes(path, bytes) {
      const scanner = scannerFor(path);
      scanner.write(bytes);
      return scanner.unfinished;
    },
    entry({ text, moment }) {
      journal ??= openMatcher(definition, { now });
      const matcher = journal;
      let found: Found | undefined;
      const search = () => {
        found = matcher.search({ text, moment });
      };
      if (!matcher.isSlow) search();
      else if (!inTime(search, patience))
        trouble(`the journal: jail ${config.name}: this took too long and does not count: ${text.slice(0, 200)}`);
      const verdict = found && matcher.take(found);
      if (verdict?.is === "failure") count(verdict.failure);
    },
    said() {
      const all = decided;
      decided = [];
      return all;
    },
  };
}

/** fail2ban's filters know that entries of the journal begin otherwise than lines of a log. */
const asInJournal = (filter: JailConfig["filter"]): JailConfig["filter"] => {
  if (typeof filter !== "string" || filter.includes("logtype=")) return filter;
  return filter.endsWith("]") ? filter.replace(/\]$/, ",logtype=journal]") : `${filter}[logtype=journal]`;
};
