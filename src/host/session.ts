import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { createInterface } from "node:readline";

/** A program that answers each line with a line, in their order, for as long as its standard input is open. */
export interface Session {
  /** Rejects with {@link SessionEnded} if the program ends before it has answered. */
  ask(line: string, timeout: number): Promise<string>;
  /** Ends the program, if it runs; it is started again when something is asked. */
  end(): void;
}

export class SessionEnded extends Error {
  /** Exit code; 124 when it took too long. */
  readonly code: number;
  constructor(code: number, said: string) {
    super(said);
    this.code = code;
  }
}

/** So long a program is kept that nobody asks anything. Milliseconds. */
const idle = 5_000;

interface Running {
  readonly child: ChildProcess;
  readonly waiting: { readonly answer: (line: string) => void; readonly fail: (error: Error) => void }[];
}

/** Starts the program with the first question. */
export function sessionWith([program, ...args]: readonly [string, ...string[]]): Session {
  let running: Running | undefined;
  let rest: NodeJS.Timeout | undefined;
  const end = () => {
    running?.child.stdin?.end();
    running = undefined;
  };
  /** Whether our own end waits for it. */
  const hold = ({ child }: Running, isHeld: boolean) => {
    const parts = [child, ...[child.stdin, child.stdout, child.stderr].map((stream) => stream as unknown as Socket)];
    for (const part of parts) isHeld ? part.ref() : part.unref();
  };
  function start(): Running {
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"], cwd: "/" });
    const own: Running = { child, waiting: [] };
    let said = "";
    child.stdin!.on("error", () => {});
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-4_000);
    });
    createInterface({ input: child.stdout! }).on("line", (line) => own.waiting.shift()?.answer(line));
    const ended = (code: number, words: string) => {
      if (running === own) running = undefined;
      for (const { fail } of own.waiting.splice(0)) fail(new SessionEnded(code, words));
    };
    child.once("error", (error) => ended(127, error.message));
    // What it leaves behind may keep its output open.
    child.once("exit", (code) => setTimeout(() => ended(code ?? 124, said.trim()), 50));
    return own;
  }
  return {
    ask(line, timeout) {
      clearTimeout(rest);
      running ??= start();
      const { child, waiting } = running;
      return new Promise<string>((resolve, reject) => {
        const late = setTimeout(() => child.kill("SIGKILL"), timeout);
        const settled = () => {
          clearTimeout(late);
          if (waiting.length > 0) return;
          hold({ child, waiting }, false);
          clearTimeout(rest);
          rest = setTimeout(end, idle).unref();
        };
        waiting.push({
          answer(text) {
            settled();
            resolve(text);
          },
          fail(error) {
            settled();
            reject(error);
          },
        });
        hold({ child, waiting }, true);
        child.stdin!.write(`${line}\n`);
      });
    },
    end,
  };
}
