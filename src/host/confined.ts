import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { lastWordsOf } from "./last-words.ts";

/** A program without privileges that we speak with, a line at a time. */
export interface Confined {
  say(line: string): void;
  /** Ends with us, or when it is told to. */
  stop(): void;
  /** Ends it though it may not hear that any more; told as any other end. */
  kill(): void;
}

export interface ConfinedOptions {
  readonly user: string;
  readonly groups: readonly string[];
  readonly hear: (line: string) => void;
  /** Once, when it has ended by itself; with its last words. */
  readonly ended: (why: string) => void;
}

/** Characters. */
const wordsKept = 4_000;

/** Of a line that does not end no more is kept. Bytes. */
const longestLine = 16 << 20;

/** Milliseconds that its last words may take after its end. */
const drainPatience = 300;

/**
 * Starts a program as somebody who may read every file and do nothing else: one capability, no way to another, see
 * setpriv(1). It dies with us, whatever becomes of us.
 */
export function startConfined(argv: readonly string[], { user, groups, hear, ended }: ConfinedOptions): Confined {
  const [group = user] = groups;
  const child = spawn(
    "setpriv",
    [
      `--reuid=${user}`,
      `--regid=${group}`,
      `--groups=${groups.join(",")}`,
      "--inh-caps=-all,+dac_read_search",
      "--ambient-caps=-all,+dac_read_search",
      "--bounding-set=-all,+dac_read_search",
      "--no-new-privs",
      "--pdeathsig=KILL",
      "--",
      ...argv,
    ],
    { stdio: ["pipe", "pipe", "pipe"], cwd: "/" },
  );
  // What it says beside its work is for the log, and its end is for who asks why it ended.
  let words = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    words = (words + text).slice(-wordsKept);
    process.stderr.write(text);
  });
  let isStopped = false;
  let isOver = false;
  const over = (why: string) => {
    if (!isOver && !isStopped) ended([why, lastWordsOf(words)].filter(Boolean).join(": "));
    isOver = true;
  };
  let exit = "it has gone";
  createInterface({ input: child.stdout }).on("line", hear);
  let unended = 0;
  child.stdout.on("data", (bytes: Buffer) => {
    const end = bytes.lastIndexOf(10);
    unended = end < 0 ? unended + bytes.length : bytes.length - end - 1;
    if (unended <= longestLine) return;
    words = "it said more in a line than it may";
    child.kill("SIGKILL");
  });
  child.stdin.on("error", () => {});
  child.on("error", (error) => over(error.message));
  child.on("exit", (code, signal) => {
    exit = signal ? `it was ended by ${signal}` : `it ended with ${code}`;
    // Somebody else may keep its pipes open for ever.
    setTimeout(() => over(exit), drainPatience).unref();
  });
  child.on("close", () => over(exit));
  return {
    say: (line) => void child.stdin.write(`${line}\n`),
    stop() {
      isStopped = true;
      child.kill("SIGTERM");
    },
    // Also one that has been stopped, see signal(7).
    kill: () => void child.kill("SIGKILL"),
  };
}
