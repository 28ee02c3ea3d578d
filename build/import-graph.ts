import { references } from "./references.ts";

/** Which files need which, by what their texts refer to: imports, and scripts and data that are named by path. */
export interface ImportGraph {
  /** All files that a file needs in order to run, itself among them. */
  reaches(entry: string): ReadonlySet<string>;
  /** The shortest way from a file to one that it reaches: both, and the files between. Empty if it reaches it not. */
  way(entry: string, target: string): readonly string[];
  /** The files that name this one themselves. */
  importersOf(file: string): readonly string[];
  /** Those of the entries that reach one of the changed files. */
  affectedBy(changed: Iterable<string>, entries: readonly string[]): string[];
}

/** Others are data: what their texts name is not followed. So the launcher `upkeep` does not lead to the whole program. */
const module = /\.(?:[cm]?[jt]s|tsx)$/;

/**
 * The graph of a repository's files. It reads a file when it is first asked about it, and once.
 *
 *     const graph = importGraph(["a.ts", "b.ts"], (path) => readFileSync(path, "utf8"));
 *     graph.affectedBy(["b.ts"], ["a.ts"]);
 */
export function importGraph(files: Iterable<string>, read: (path: string) => string): ImportGraph {
  const all = new Set(files);
  const needed = new Map<string, readonly string[]>();
  /** For each entry: of each file that it reaches, the one by which it got there. */
  const trees = new Map<string, ReadonlyMap<string, string>>();

  /** All files in a directory; none if the module that names it lies there itself: those are its surroundings. */
  function below(directory: string, module: string): string[] {
    const start = directory === "." ? "" : `${directory}/`;
    return module.startsWith(start) ? [] : [...all].filter((file) => file.startsWith(start));
  }

  function needs(file: string): readonly string[] {
    const known = needed.get(file);
    if (known) return known;
    const found = module.test(file)
      ? references(file, read(file)).flatMap(({ path, files: which }) =>
          all.has(path) ? [path] : which === "below" ? below(path, file) : [],
        )
      : [];
    needed.set(file, found);
    return found;
  }

  function tree(entry: string): ReadonlyMap<string, string> {
    const known = trees.get(entry);
    if (known) return known;
    const parents = new Map([[entry, entry]]);
    for (const file of parents.keys()) for (const next of needs(file)) if (!parents.has(next)) parents.set(next, file);
    trees.set(entry, parents);
    return parents;
  }

  let importers: ReadonlyMap<string, readonly string[]> | undefined;

  function allImporters(): ReadonlyMap<string, readonly string[]> {
    const pairs = [...all].flatMap((file) => needs(file).map((needed) => [needed, file] as const));
    const byNeeded = Map.groupBy(pairs, ([needed]) => needed);
    return new Map([...byNeeded].map(([needed, each]) => [needed, each.map(([, file]) => file)]));
  }

  return {
    importersOf(file) {
      importers ??= allImporters();
      return importers.get(file) ?? [];
    },
    reaches: (entry) => new Set(tree(entry).keys()),
    way(entry, target) {
      const parents = tree(entry);
      if (!parents.has(target)) return [];
      const files = [target];
      while (files[0] !== entry) files.unshift(parents.get(files[0]!)!);
      return files;
    },
    affectedBy(changed, entries) {
      const those = [...changed];
      return entries.filter((entry) => those.some((file) => tree(entry).has(file)));
    },
  };
}
