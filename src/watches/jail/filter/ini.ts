/** A configuration file of fail2ban: the values of its sections, as they are written, by name in small letters. */
export type Sections = Map<string, Map<string, string>>;

/** Something in a file cannot be read. */
export class ConfigError extends Error {
  readonly file: string;
  readonly line: number;
  constructor(file: string, line: number, message: string) {
    super(`${file}:${line}: ${message}`);
    this.file = file;
    this.line = line;
  }
}

/**
 * Reads the syntax of Python's configparser, as fail2ban uses it: `#` and `;` begin comments at the beginning of a line, `;`
 * after a blank too; what is indented further than its option goes on with it, line by line.
 */
export function readIni(text: string, file: string): Sections {
  const sections: Sections = new Map();
  let section: Map<string, string> | undefined;
  let option: string | undefined;
  let indented = 0;
  const lines = text.split(/\r?\n/);
  const values = new Map<Map<string, string>, Map<string, string[]>>();
  const goOn = (value: string) => values.get(section!)!.get(option!)!.push(value);

  for (const [index, line] of lines.entries()) {
    const comment = commentIn(line);
    const value = (comment === undefined ? line : line.slice(0, comment)).trim();
    if (value === "") {
      if (comment === undefined && section && option !== undefined) goOn("");
      continue;
    }
    const indent = line.search(/\S/);
    if (section && option !== undefined && indent > indented) {
      goOn(value);
      continue;
    }
    indented = indent;
    const header = /^\[([^\]]+)\]/.exec(value);
    if (header) {
      const [, name = ""] = header;
      section = sections.get(name) ?? new Map();
      sections.set(name, section);
      if (!values.has(section)) values.set(section, new Map());
      option = undefined;
      continue;
    }
    if (!section) throw new ConfigError(file, index + 1, "this is in no section; [Definition] should be before it");
    const [, name, first = ""] = /^([^=:]+?)\s*[=:]\s*(.*)$/s.exec(value) ?? [];
    if (name === undefined) throw new ConfigError(file, index + 1, `"${value}" is no option: there is no "="`);
    option = name.toLowerCase();
    values.get(section)!.set(option, [first]);
  }
  for (const [of, options] of values) for (const [name, parts] of options) of.set(name, parts.join("\n").trimEnd());
  return sections;
}

/** Where a comment begins. */
function commentIn(line: string): number | undefined {
  if (/^\s*[#;]/.test(line)) return 0;
  const found = /\s;/.exec(line);
  return found ? found.index + 1 : undefined;
}
