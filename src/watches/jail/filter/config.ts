import { posix } from "node:path";
import { readIni, type Sections } from "./ini.ts";

/** Gives the text of a file; `undefined` if there is none. */
export type Reader = (path: string) => string | undefined;

/** Configuration out of several files: what is read later goes before. */
export interface Config {
  /** Without `%(...)s` in it; `given` goes before everything. Names may be of another section: `lt_file/datepattern`. */
  value(section: string, option: string, given?: ReadonlyMap<string, string>): string | undefined;
  /** What a section itself has. */
  options(section: string): readonly string[];
  readonly sections: readonly string[];
  readonly files: readonly string[];
}

/** More replacements in one value are a mistake. */
const deepest = 20;

/** Reads files in this order, with what they include; those that are not there are left out. Throws a {@link ConfigError}. */
export function readConfig(names: readonly string[], read: Reader): Config {
  const sections: Sections = new Map();
  const defaults = new Map<string, string>();
  const files = names.flatMap((name) => filesOf(name, read));
  for (const file of files)
    for (const [section, options] of readIni(read(file)!, file)) {
      if (section === "DEFAULT") {
        for (const [option, value] of options) defaults.set(option, value);
        continue;
      }
      const before = sections.get(section) ?? new Map<string, string>();
      // What it was until now can be spoken of.
      const known = sections.get(`KNOWN/${section}`) ?? new Map<string, string>();
      for (const option of options.keys()) if (before.has(option)) known.set(option, before.get(option)!);
      sections.set(`KNOWN/${section}`, known);
      sections.set(section, new Map([...before, ...options]));
    }

  function raw(section: string, option: string, given: ReadonlyMap<string, string>): string | undefined {
    const [, of, inner] = /^([\w-]+)\/(.+)$/.exec(option) ?? [];
    if (of !== undefined && inner !== undefined) {
      const named = inner.toLowerCase();
      if (of.toLowerCase() === "default") return defaults.get(named);
      if (of !== "known") return sections.get(of)?.get(named) ?? given.get(option) ?? defaults.get(named);
      const before = sections.get(`KNOWN/${section}`)?.get(named) ?? defaults.get(named);
      return before ?? given.get(option) ?? sections.get(section)?.get(named);
    }
    const named = option.toLowerCase();
    return given.get(option) ?? given.get(named) ?? sections.get(section)?.get(named) ?? defaults.get(named);
  }

  function filled(text: string, section: string, given: ReadonlyMap<string, string>, depth: number): string {
    if (!text.includes("%")) return text;
    if (depth > deepest) throw new Error(`"${text.slice(0, 60)}" speaks of itself`);
    return text.replaceAll(/%(?:(%)|\(([^)]+)\)s)/g, (written, percent, name: string) => {
      if (percent) return "%";
      const value = name === "__name__" ? section : raw(section, name, given);
      if (value === undefined) throw new Error(`there is no option "${name}" to put in for ${written}`);
      return filled(value, section, given, depth + 1);
    });
  }

  return {
    value(section, option, given = new Map()) {
      const text = raw(section, option, given);
      if (text === undefined) return undefined;
      // A value out of another section is filled in from there.
      const [, of = section] = /^([\w-]+)\//.exec(option) ?? [];
      return filled(text, sections.has(of) ? of : section, given, 0);
    },
    options: (section) => [...(sections.get(section)?.keys() ?? [])],
    sections: [...sections.keys()].filter((section) => !section.startsWith("KNOWN/") && section !== "INCLUDES"),
    files,
  };
}

/** A file with what it includes before and after it, each with its `.local`. */
function filesOf(file: string, read: Reader, above: readonly string[] = []): string[] {
  const text = read(file);
  if (text === undefined) return [];
  const includes = readIni(text, file).get("INCLUDES");
  const included = (option: string) =>
    (includes?.get(option) ?? "")
      .split("\n")
      .filter((name) => name !== "")
      .map((name) => posix.join(posix.isAbsolute(name) ? "" : posix.dirname(file), name))
      .filter((path) => !above.includes(path))
      .flatMap((path) => {
        const local = path.replace(/\.[^./]*$/, ".local");
        const below = [...above, file];
        return [...filesOf(path, read, below), ...(local === path ? [] : filesOf(local, read, below))];
      });
  return [...included("before"), file, ...included("after")];
}
