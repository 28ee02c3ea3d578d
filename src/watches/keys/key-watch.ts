import { dirname } from "node:path/posix";
import { type Attempt, attemptSchema, type KeyWatchConfig } from "../../model/key.ts";
import type { Unsaid, Watch } from "../watch.ts";
import { readAuthorizedKeys } from "./authorized-keys.ts";
import { openSshdReader } from "./sshd.ts";

/** Of a line without an end no more is kept. Bytes. */
const longest = 1 << 14;

/** How far back the journal counts at first. Milliseconds. */
const lookBack = 600_000;

/** Notes each key that somebody offers to sshd, and what came of it. */
export function openKeyWatch(
  { logs, journal }: Pick<KeyWatchConfig, "logs" | "journal">,
  { now, read }: { readonly now: () => number; readonly read: (path: string) => string | undefined },
): Watch {
  const reader = openSshdReader();
  const rests = new Map<string, Buffer>();
  let noted: Unsaid[] = [];

  function take(line: string, at: number) {
    for (const attempt of reader.read(line, at)) {
      // What sshd calls UNKNOWN has no address.
      const { success, data } = attemptSchema.safeParse(withComment(attempt, read));
      if (success) noted.push({ is: "attempt", ...data });
    }
  }

  return {
    logs,
    journal,
    lookBack,
    bytes(path, bytes) {
      const all = Buffer.concat([rests.get(path) ?? Buffer.alloc(0), bytes]);
      const end = all.lastIndexOf(10) + 1;
      for (const line of all.toString("utf8", 0, end).split("\n"))
        if (line.includes("sshd")) take(line, timeOf(line, now()));
      rests.set(path, all.subarray(end, end + longest));
      return all.length - end;
    },
    entry: ({ text, moment }) => take(text, moment),
    said() {
      const all = noted;
      noted = [];
      return all;
    },
  };
}

/** `2026-11-22T14:26:14.123456+00:00 web1 sshd[12]: ...`; a line that does not say has just been written. */
function timeOf(line: string, now: number): number {
  const stated = Date.parse(/^\d{4}-\d\d-\d\dT\S+/.exec(line)?.[0] ?? "");
  return Number.isNaN(stated) ? now : Math.min(stated, now);
}

/**
 * With the words that stand beside the key where it is allowed. Where that is, sshd has said, or it is where keys usually
 * are. One that is nobody's has none.
 */
function withComment(attempt: Attempt, read: (path: string) => string | undefined): Attempt {
  if (attempt.certificate) return attempt;
  const place = /^(?<file>\/.+):(?<line>\d+)$/.exec(attempt.found ?? "")?.groups;
  const path = place?.file ?? (attempt.outcome === "unknown" ? undefined : usualFile(attempt.user, read));
  if (path === undefined) return attempt;
  const keys = readAuthorizedKeys(read(path) ?? "");
  const known = keys.find(({ fingerprint }) => fingerprint === attempt.fingerprint);
  if (!known) return attempt;
  return {
    ...attempt,
    found: `${path}:${known.line}`.slice(0, 1_100),
    ...(known.comment !== "" && { comment: known.comment.slice(0, 300) }),
  };
}

function usualFile(user: string, read: (path: string) => string | undefined): string | undefined {
  const line = (read("/etc/passwd") ?? "").split("\n").find((each) => each.startsWith(`${user}:`));
  const home = line?.split(":")[5];
  return home?.startsWith("/") && dirname(home) !== home ? `${home}/.ssh/authorized_keys` : undefined;
}
