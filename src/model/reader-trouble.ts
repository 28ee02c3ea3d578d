import { dirname } from "node:path/posix";

/*
 * Names by which the reader speaks of what it cannot look at. It reads what strangers write and may be theirs: a name that
 * nothing stated gives it is one that it could make up, as many as it likes.
 */

/** Of a text that is none, what is stated has no sources: all that can be said is about its file. */
interface Sources {
  readonly logs?: readonly string[];
  readonly journal?: readonly string[];
  readonly syslog?: object;
}

/** What a configuration has the reader look at: its own file, logs and the directories that lead to them, a journal, a port. */
export function troubleNames(file: string, text: string): ReadonlySet<string> {
  const { logs = [], journal = [], syslog } = sourcesIn(text);
  return new Set([
    file,
    ...logs.flatMap(pathTo),
    ...(journal.length > 0 ? [journalName(journal.join(" "))] : []),
    ...(syslog ? [syslogName(JSON.stringify(syslog))] : []),
  ]);
}

/** Of what it follows: matches of journalctl(1). */
export const journalName = (matches: string): string => `the journal (${matches})`;
/** The address and port at which it listens, as it was stated. */
export const syslogName = (place: string): string => `syslog at ${place}`;

/** `/var/log/auth.log`, `/var/log` and `/var`. */
const pathTo = (path: string): string[] => (dirname(path) === path ? [] : [path, ...pathTo(dirname(path))]);

function sourcesIn(text: string): Sources {
  try {
    return (JSON.parse(text) ?? {}) as Sources;
  } catch {
    return {};
  }
}
