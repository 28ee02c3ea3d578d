import { execFileSync } from "node:child_process";
import { repository } from "./suites.ts";

const git = (...args: string[]): string => {
  try {
    return execFileSync("git", args, { cwd: repository, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    // A copy without its history has no turns, and nothing has changed in it.
    return "";
  }
};

/** A number that is another one with each commit, whose parity says which half of the suites is on which release. */
export const turn = (): number => Number(git("rev-list", "--count", "HEAD"));
