import { spawn } from "node:child_process";

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program and collects what it says. One that takes more than `seconds` is an error that tells how far it came. */
export function run(argv: readonly [string, ...string[]], input?: string, seconds?: number): Promise<Ran> {
  const [program, ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
    const output = { stdout: "", stderr: "" };
    const giveUp = () => {
      child.kill("SIGKILL");
      for (const pipe of child.stdio) pipe?.destroy();
      reject(new Error(`${argv.join(" ")} has not ended in ${seconds} s:\n${output.stderr}${output.stdout}`));
    };
    const tooLate = seconds === undefined ? undefined : setTimeout(giveUp, seconds * 1000);
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
    child.on("error", (error) => {
      clearTimeout(tooLate);
      reject(error);
    });
    child.on("close", (code, signal) => {
      clearTimeout(tooLate);
      resolve({ code: code ?? (signal === "SIGKILL" ? 137 : 128), ...output });
    });
    child.stdin.on("error", () => {});
    child.stdin.end(input ?? "");
  });
}

/** Runs a program that has to succeed. */
export async function must(argv: readonly [string, ...string[]], input?: string): Promise<string> {
  const { code, stdout, stderr } = await run(argv, input);
  if (code !== 0) throw new Error(`${argv.join(" ")} ended with ${code}:\n${stderr}${stdout}`);
  return stdout;
}
