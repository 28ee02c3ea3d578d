import { spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { hiccup } from "../model/failing.ts";
import { rhythm } from "./pace.ts";

/** An entry of systemd's journal, as it would stand in a log: `host program[12]: message`. */
export interface Entry {
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly moment: number;
  /** Where to go on. */
  readonly cursor: string;
}

export interface JournalOptions {
  /** As journalctl(1) takes them: `_SYSTEMD_UNIT=ssh.service`, with `+` between those of which one is enough. */
  readonly matches: readonly string[];
  /** What has been read already; without it, the journal is read from this moment on. */
  readonly after: string | undefined;
  readonly since: number;
  readonly take: (entry: Entry) => void;
  readonly trouble: (why: string) => void;
  /** It is followed, from now on or again. */
  readonly well: () => void;
}

/** Milliseconds until journalctl(1) is started again. */
const pause = rhythm(1_000);

/** The first that has not ended after so long, or has said something, follows. Milliseconds. */
const settled = 300;

/**
 * One that is started after another has ended has to live for longer, whatever it says meanwhile: one that ends a little
 * later each time would be well again before it is anybody's trouble.
 */
const settledAgain = hiccup;

/** Follows the journal. What cannot be read is left out; a journal that ends is followed again. */
export function followJournal({ matches, after, since, take, trouble, well }: JournalOptions): { stop(): void } {
  let cursor = after;
  let child: ReturnType<typeof start> | undefined;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let hasEnded = false;

  const start = () => {
    // With --since, journalctl 252 hears of nothing new if nothing has matched so far.
    cursor ??= cursorBefore(since);
    const from = cursor === undefined ? [] : [`--after-cursor=${cursor}`];
    const args = ["--follow", ...common, ...from, "--lines=all", ...matches];
    const started = spawn("journalctl", args, { stdio: ["ignore", "pipe", "pipe"], cwd: "/" });
    let isSettled = false;
    const settle = () => {
      if (!isSettled) well();
      isSettled = true;
    };
    const living = setTimeout(settle, hasEnded ? settledAgain : settled);
    const isFirst = !hasEnded;
    let words = "";
    started.stderr.setEncoding("utf8").on("data", (text: string) => (words = (words + text).slice(-500)));
    createInterface({ input: started.stdout }).on("line", (line) => {
      const entry = entryOf(line);
      if (!entry) return;
      cursor = entry.cursor;
      if (isFirst) settle();
      take(entry);
    });
    const over = (why: string) => {
      clearTimeout(living);
      if (isStopped) return;
      hasEnded = true;
      trouble(why);
      timer ??= setTimeout(() => {
        timer = undefined;
        child = start();
      }, pause);
    };
    started.on("error", (error) => over(error.message));
    started.on("exit", (code) => over(`journalctl ended with ${code}: ${words.trim()}`));
    return started;
  };
  child = start();
  return {
    stop() {
      isStopped = true;
      clearTimeout(timer);
      child?.kill("SIGTERM");
    },
  };
}

const common = ["--quiet", "--no-pager", "--output=json"];

/** The last entry before a moment, whatever it is about; without any, the journal itself is younger. */
function cursorBefore(moment: number): string | undefined {
  const until = `--until=@${(moment / 1000).toFixed(3)}`;
  const { stdout } = spawnSync("journalctl", [...common, until, "--lines=1"], { encoding: "utf8", cwd: "/" });
  return entryOf(stdout ?? "")?.cursor;
}

/** See systemd.journal-fields(7); bytes that are no text come as a list of numbers. */
function entryOf(line: string): Entry | undefined {
  let fields: Readonly<Record<string, unknown>>;
  try {
    fields = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
  const field = (name: string): string => {
    const value = fields[name];
    return Array.isArray(value)
      ? Buffer.from(value as number[]).toString("utf8")
      : typeof value === "string"
        ? value
        : "";
  };
  const program = field("SYSLOG_IDENTIFIER") || field("_COMM");
  const pid = field("SYSLOG_PID") || field("_PID");
  const message = field("MESSAGE").replaceAll(/[\r\n]+/g, " ");
  const moment = Math.floor(Number(field("_SOURCE_REALTIME_TIMESTAMP") || field("__REALTIME_TIMESTAMP")) / 1000);
  const text = `${field("_HOSTNAME")} ${program}${pid ? `[${pid}]` : ""}: ${message}`;
  return { text: text.trim(), moment, cursor: field("__CURSOR") };
}
