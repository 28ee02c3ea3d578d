import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { Readable } from "node:stream";

export interface Finished {
  /** Exit code; 124 after a time-out, 127 if there is no such program, 128 + n after signal n. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** In pieces, it is made while the program reads. */
  readonly input?: string | Iterable<string>;
  /** Milliseconds; default 120,000. */
  readonly timeout?: number;
  /** Called with each piece of output as it comes. */
  readonly onOutput?: (text: string) => void;
}

/** A child that lives as long as we do: it ends when its standard input closes, even if we are killed. */
export interface Held {
  readonly pid: number;
  release(): Promise<void>;
}

/** Programs, always by argument vector, never through a shell. */
export interface Processes {
  run(argv: readonly [string, ...string[]], options?: RunOptions): Promise<Finished>;
  /** Starts a program that ends in `cat`, and waits until it echoes: whatever precedes `cat` has then happened. */
  hold(argv: readonly [string, ...string[]], timeout?: number): Promise<Held | undefined>;
  signal(pid: number, signal: NodeJS.Signals): void;
}

/** Ten thousand virtual hosts are two million characters. */
const outputLimit = 1 << 25;

export const realProcesses: Processes = {
  run: ([program, ...args], { environment, input = "", timeout = 120_000, onOutput } = {}) =>
    new Promise((resolve) => {
      const child = spawn(program, args, {
        stdio: ["pipe", "pipe", "pipe"],
        env: { ...process.env, LC_ALL: "C.UTF-8", ...environment },
        cwd: "/",
      });
      const output = { stdout: "", stderr: "" };
      let timedOut = false;
      for (const stream of ["stdout", "stderr"] as const) {
        child[stream].setEncoding("utf8").on("data", (text: string) => {
          if (output[stream].length < outputLimit) output[stream] += text;
          onOutput?.(text);
        });
      }
      const timer = setTimeout(() => {
        timedOut = true;
        child.kill("SIGKILL");
      }, timeout);
      const finish = (code: number) => {
        clearTimeout(timer);
        resolve({ code, ...output });
      };
      child.on("error", (error: NodeJS.ErrnoException) => {
        output.stderr += error.code === "ENOENT" ? `${program}: no such program` : String(error);
        finish(127);
      });
      // A daemon may keep our pipes open for ever: what counts is that the program itself has ended.
      child.on("exit", (code, signal) => {
        const result = timedOut ? 124 : (code ?? 128 + (signalNumbers[signal ?? ""] ?? 0));
        const drained = new Promise((drain) => child.on("close", drain));
        const grace = new Promise((expire) => setTimeout(expire, 300));
        void Promise.race([drained, grace]).then(() => {
          child.stdout.destroy();
          child.stderr.destroy();
          finish(result);
        });
      });
      child.stdin.on("error", () => {});
      if (typeof input === "string") child.stdin.end(input);
      else Readable.from(input).pipe(child.stdin);
    }),

  hold: ([program, ...args], timeout) =>
    new Promise((resolve) => {
      const child = spawn(program, args, { stdio: ["pipe", "pipe", "ignore"] });
      const timer = timeout === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), timeout);
      const settle = (held: Held | undefined) => {
        clearTimeout(timer);
        resolve(held);
      };
      child.on("error", () => settle(undefined));
      child.on("exit", () => settle(undefined));
      child.stdin.on("error", () => {});
      child.stdout.once("data", () => settle({ pid: child.pid!, release: () => release(child) }));
      child.stdin.write("\n");
    }),

  signal: (pid, signal) => {
    process.kill(pid, signal);
  },
};

const signalNumbers: Readonly<Record<string, number>> = { SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 };

function release(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.stdin!.end();
  });
}

/** What the kernel says of a process: `undefined` if there is none, or only its remains. */
export function processState(pid: number): { readonly name: string; readonly startedAt: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const afterName = stat.lastIndexOf(")");
    const fields = stat.slice(afterName + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return undefined;
    return { name: stat.slice(stat.indexOf("(") + 1, afterName), startedAt: fields[19]! };
  } catch {
    return undefined;
  }
}

/** Whether a process catches a signal: one that has just executed itself anew does not yet, and would die of it (proc_pid_status(5)). */
export function catches(pid: number, signal: NodeJS.Signals): boolean {
  try {
    const caught = /^SigCgt:\s*([0-9a-f]+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "0";
    return (BigInt(`0x${caught}`) & (1n << BigInt(constants.signals[signal] - 1))) !== 0n;
  } catch {
    return false;
  }
}

/** Process numbers of a process's children. */
export function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
