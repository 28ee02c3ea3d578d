import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A program without privileges that we speak with, a line at a time. */
export interface Confined {
  say(line: string): void;
  /** Ends with us, or when it is told to. */
  stop(): void;
}

export interface ConfinedOptions {
  readonly user: string;
  readonly groups: readonly string[];
  readonly hear: (line: string) => void;
  /** Once, when it has ended by itself. */
  readonly ended: (why: string) => void;
}

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
    { stdio: ["pipe", "pipe", "inherit"], cwd: "/" },
  );
  let isStopped = false;
  let isOver = false;
  const over = (why: string) => {
    if (!isOver && !isStopped) ended(why);
    isOver = true;
  };
  createInterface({ input: child.stdout }).on("line", hear);
  child.stdin.on("error", () => {});
  child.on("error", (error) => over(error.message));
  child.on("exit", (code, signal) => over(signal ? `it was ended by ${signal}` : `it ended with ${code}`));
  return {
    say: (line) => void child.stdin.write(`${line}\n`),
    stop() {
      isStopped = true;
      child.kill("SIGTERM");
    },
  };
}
