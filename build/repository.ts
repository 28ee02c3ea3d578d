import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { installation } from "../src/host/installation.ts";
import { type ImportGraph, importGraph } from "./import-graph.ts";

/** The working copy that this program runs from, as git and its files tell. */

/** Somebody named a commit that this repository does not have, or there is no repository. */
export class NoSuchCommit extends Error {}

const git = (...argv: string[]): string =>
  execFileSync("git", argv, {
    cwd: installation,
    encoding: "utf8",
    maxBuffer: 64 * 2 ** 20,
    stdio: ["ignore", "pipe", "pipe"],
  });

const lines = (text: string): string[] => text.split("\0").filter(Boolean);

/** All files of the working copy: committed ones, and new ones that git does not ignore. */
export const repositoryFiles = (): string[] =>
  lines(git("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"));

/** The short name of a commit: of `HEAD` without an argument. */
export function commitNamed(name = "HEAD"): string {
  try {
    return git("rev-parse", "--verify", "--quiet", "--short=7", "--end-of-options", `${name}^{commit}`).trim();
  } catch (error) {
    const { stderr, status, message } = error as Error & { stderr: string; status: number | null };
    // Quietly, git says nothing about a commit that is not there. It does say that this is no repository.
    const words = status === null ? message : stderr.trim();
    throw new NoSuchCommit(
      words !== ""
        ? `git cannot tell what has changed: ${words}`
        : `This repository has no commit "${name}". \`git log --oneline\` lists the commits that it has.\n` +
            "A shallow clone lacks older ones: `git fetch --unshallow` gets them.",
    );
  }
}

/** Files that differ from a commit's: changed, new or removed, committed or not. */
export function changedSince(commit: string): string[] {
  const known = commitNamed(commit);
  return [
    ...new Set([
      ...lines(git("diff", "--name-only", "--no-renames", "-z", known)),
      ...lines(git("ls-files", "-z", "--others", "--exclude-standard")),
    ]),
  ].sort();
}

/** A file as it was in a commit; empty if it was not there. */
export function textAt(commit: string, file: string): string {
  try {
    return git("show", `${commit}:${file}`);
  } catch {
    return "";
  }
}

/** The import graph of the working copy. Files that were removed count, too: their importers are affected. */
export function repositoryGraph(removed: readonly string[] = []): ImportGraph {
  return importGraph([...repositoryFiles(), ...removed], (path) => {
    try {
      return readFileSync(join(installation, path), "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
      throw error;
    }
  });
}
