import { spawn } from "node:child_process";
import { UserError } from "../model/problem.ts";

/** Letters, a dot, and what rsync is able to; no letter that has it follow links, or take its arguments from elsewhere. */
const short = /^-[A-JM-Za-jl-rt-z]+(\.[A-Za-z]*)?$/;
const long =
  /^--(sender|server|numeric-ids|delete(-during|-before|-after|-delay)?|partial|inplace|stats|log-format=%i)$/;

/**
 * Serves one directory by rsync(1) at our standard input and output, with the arguments that its client has asked for; or
 * refuses them. Returns its exit code.
 */
export function serveDirectory(directory: string, asked: readonly string[]): Promise<number> {
  const [first, ...rest] = asked;
  const dot = rest.indexOf(".");
  const options = rest.slice(0, dot);
  const isSound =
    first === "--server" &&
    dot >= 0 &&
    options.every((option) => long.test(option) || short.test(option)) &&
    rest.length === dot + 2 &&
    rest[dot + 1] === `${directory}/`;
  if (!isSound)
    throw new UserError(`this key is for ${directory}/ alone, not for: rsync ${asked.join(" ").slice(0, 200)}`);
  const child = spawn("rsync", asked, { stdio: "inherit", cwd: "/" });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}
