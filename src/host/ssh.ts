import { spawn } from "node:child_process";
import { UserError } from "../model/problem.ts";

/** `root@203.0.113.7`, `web2.example.com`, or a name of ssh_config(5). */
const targetPattern = /^([A-Za-z0-9_][A-Za-z0-9_.-]*@)?[A-Za-z0-9_[][A-Za-z0-9_.:%[\]-]*$/;

/** What a program over ssh(1) comes to. */
interface Done {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A machine to be reached by ssh(1), as the one who runs us reaches it: their keys, their agent, their known hosts. */
export class Ssh {
  readonly #target: string;

  constructor(target: string) {
    if (!targetPattern.test(target))
      throw new UserError(`"${target}" is no place for ssh; say root@203.0.113.7, or a name that your ssh knows`);
    this.#target = target;
  }

  /**
   * Runs a command there. It goes through the login shell of the other side, so nothing may be in it that comes from
   * elsewhere; `input` may.
   */
  run(command: string, input = ""): Promise<Done> {
    const child = spawn("ssh", ["--", this.#target, command], { stdio: ["pipe", "pipe", "pipe"] });
    child.stdin.on("error", () => {}).end(input);
    return finished(child);
  }

  async must(command: string, input = ""): Promise<string> {
    const { code, stdout, stderr } = await this.run(command, input);
    if (code === 0) return stdout;
    const said = stderr.trim() || stdout.trim();
    throw new UserError(
      code === 255
        ? `${this.#target} cannot be reached by ssh: ${said}${whyTurnedAway(said)}`
        : `on ${this.#target}: ${said || `${command} ended with ${code}`}`,
    );
  }

  /** Sends files below a directory and unpacks them there, see tar(1). */
  async send(directory: string, names: readonly string[], exclude: readonly string[], command: string): Promise<void> {
    const left = exclude.map((pattern) => `--exclude=${pattern}`);
    const tar = spawn(
      "tar",
      // Packing it a tenth smaller would take three times as long, which is most of what a copy takes.
      [
        "--create",
        "--use-compress-program=gzip --fast",
        "--dereference",
        `--directory=${directory}`,
        ...left,
        "--",
        ...names,
      ],
      {
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    const ssh = spawn("ssh", ["--", this.#target, command], { stdio: ["pipe", "pipe", "pipe"] });
    tar.stdout.pipe(ssh.stdin.on("error", () => {}));
    tar.stdout.resume();
    const [packed, unpacked] = await Promise.all([finished(tar, false), finished(ssh)]);
    for (const { code, stderr } of [packed, unpacked])
      if (code !== 0) throw new UserError(`Upkeep could not be copied to ${this.#target}: ${stderr.trim()}`);
  }
}

/**
 * OpenSSH 9.8 and later turn an address away for a while after failures that came from it, whoever's they were: behind one
 * address may be many (sshd_config(5), PerSourcePenalties).
 */
export const whyTurnedAway = (said: string): string =>
  /Connection (?:closed|reset) by/.test(said)
    ? ". It may turn this address away for a while after failed attempts (PerSourcePenalties); wait some minutes, or name this address in its PerSourcePenaltyExemptList"
    : "";

function finished(child: ReturnType<typeof spawn>, reads = true): Promise<Done> {
  const output = { stdout: "", stderr: "" };
  if (reads) child.stdout?.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
  return new Promise((resolve, reject) => {
    child.once("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "ENOENT" ? new UserError("ssh(1) and tar(1) are needed for this") : error),
    );
    child.once("close", (code) => resolve({ code: code ?? 1, ...output }));
  });
}
