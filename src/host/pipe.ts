import { spawn } from "node:child_process";
import { pipeline } from "node:stream/promises";

export interface Piped {
  readonly argv: readonly [string, ...string[]];
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Has one program read what another writes, neither of which outlives us. Rejects with their words if either fails. `onBytes` hears how much has gone
 * through so far.
 */
export async function pipe(from: Piped, to: Piped, onBytes: (bytes: number) => void = () => {}): Promise<void> {
  const [one, other] = [start(from, "ignore"), start(to, "pipe")];
  other.child.stdout!.resume();
  let bytes = 0;
  async function* counted(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      onBytes(bytes);
      yield chunk;
    }
  }
  const through = pipeline(one.child.stdout!, counted, other.child.stdin!).catch(() => {});
  const [first, second] = await Promise.all([one.done, other.done, through]);
  // Whoever reads ended first has the reason.
  if (second !== undefined) throw new Error(second);
  if (first !== undefined) throw new Error(first);
}

function start({ argv: [program, ...args], environment }: Piped, input: "ignore" | "pipe") {
  const child = spawn("setpriv", ["--pdeathsig", "KILL", "--", program, ...args], {
    stdio: [input, "pipe", "pipe"],
    env: { ...process.env, LC_ALL: "C.UTF-8", ...environment },
    cwd: "/",
  });
  let said = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    if (said.length < 10_000) said += text;
  });
  const done = new Promise<string | undefined>((resolve) => {
    child.once("error", (error) => resolve(`${program}: ${error.message}`));
    child.once("close", (code, signal) =>
      resolve(code === 0 ? undefined : `${program}: ${said.trim().slice(-1_000) || `it ended with ${code ?? signal}`}`),
    );
  });
  return { child, done };
}
