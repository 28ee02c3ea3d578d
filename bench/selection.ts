import type { ImportGraph } from "../build/import-graph.ts";

/** A bench that runs, with the changed files for which it does, or one that does not. */
export interface Selected {
  readonly name: string;
  readonly because: readonly Reason[];
}

export interface Reason {
  readonly file: string;
  /** How the bench comes to it. */
  readonly way: string;
}

/** What a bench measures. */
export interface Measured {
  readonly name: string;
  /** Files and directories, besides what its own file reaches by imports. */
  readonly measures: readonly string[];
}

/** The file of a bench; the rest of what it consists of is found from there. */
export const entryOf = (name: string): string => `bench/${name}.ts`;

export const isIn = (file: string, part: string): boolean => file === part || file.startsWith(`${part}/`);

/** Tests and their cases lie beside the code, and change no figure. */
export const isMeasurable = (file: string): boolean =>
  !/\.(?:test|fixture)\.tsx?$|\.md$|\/(?:cases|refused)\//.test(file);

/** For each bench the changed files that it imports or measures. */
export function select(benches: readonly Measured[], changed: readonly string[], graph: ImportGraph): Selected[] {
  return benches.map(({ name, measures }) => {
    const entry = entryOf(name);
    const because = changed.flatMap((file): Reason[] => {
      const [, ...way] = graph.way(entry, file);
      if (way.length > 0) return [{ file, way: way.length === 1 ? `named in ${entry}` : `reached through ${way[0]}` }];
      if (file === entry) return [{ file, way: "the bench itself" }];
      const part = isMeasurable(file) ? measures.find((each) => isIn(file, each)) : undefined;
      return part === undefined ? [] : [{ file, way: part === file ? "measured" : `in ${part}, which is measured` }];
    });
    // The product first: a bench's own files are few, and known to whoever edits them.
    return {
      name,
      because: because.toSorted((one, other) => Number(isIn(other.file, "src")) - Number(isIn(one.file, "src"))),
    };
  });
}

interface Lock {
  readonly packages?: Readonly<Record<string, { readonly version?: string; readonly dev?: boolean }>>;
}

/** Whether the program runs with other libraries than before, as two versions of package-lock.json tell. */
export function librariesDiffer(before: string, after: string): boolean {
  const libraries = (text: string) =>
    Object.entries((JSON.parse(text || "{}") as Lock).packages ?? {})
      .filter(([path, { dev }]) => path !== "" && !dev)
      .map(([path, { version }]) => `${path}@${version}`)
      .sort()
      .join("\n");
  return libraries(before) !== libraries(after);
}
