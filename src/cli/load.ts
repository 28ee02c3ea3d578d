import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Wanted } from "../agent/changes.ts";
import { declare } from "../kinds/declare.ts";
import type { Source } from "../kinds/documents.ts";
import { type Problem, UserError } from "../model/problem.ts";
import type { Settings } from "../model/settings.ts";

/** Reads and checks everything that the paths hold. All problems at once, or all resources. */
export function loadResources(paths: readonly string[], settings: Settings): { wanted: Wanted[]; from: string[] } {
  const problems: Problem[] = [];
  const origins = new Map<Source, string>();
  for (const path of paths) {
    const from = path === "-" ? "-" : resolve(path);
    for (const source of sourcesIn(path, problems)) origins.set(source, from);
  }
  const result = declare([...origins.keys()], settings);
  problems.push(...result.problems);
  if (problems.length === 0 && result.declared.length === 0)
    problems.push({ message: `there is no resource in ${paths.join(", ")}` });
  if (problems.length > 0) throw new UserError(problems);
  return {
    wanted: result.declared.map((declared) => ({ declared, from: origins.get(declared.document.source)! })),
    from: [...new Set(origins.values())].filter((from) => from !== "-"),
  };
}

function sourcesIn(path: string, problems: Problem[]): Source[] {
  if (path === "-") return [{ file: "(standard input)", text: readFileSync(0, "utf8") }];
  try {
    return filesIn(path).map((file) => ({ file, text: readFileSync(file, "utf8") }));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    problems.push({
      message: code === "ENOENT" ? `there is no file or directory ${path}` : `cannot read ${path}: ${message}`,
    });
    return [];
  }
}

function filesIn(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const inner = join(path, entry.name);
      if (entry.isDirectory()) return filesIn(inner);
      return /\.(ya?ml|json)$/.test(entry.name) ? [inner] : [];
    });
}
