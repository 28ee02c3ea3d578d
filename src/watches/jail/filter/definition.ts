import { type Config, type Reader, readConfig } from "./config.ts";

/** What a filter looks for, as its files say it, everything filled in. */
export interface Definition {
  /** Files that it is from. */
  readonly files: readonly string[];
  readonly prefregex: string | undefined;
  readonly failregex: readonly string[];
  readonly ignoreregex: readonly string[];
  readonly datepattern: string | undefined;
  /** Lines that are looked at together. */
  readonly maxlines: number;
  /** What of the journal it is about, each as journalctl(1) takes it. */
  readonly journalmatch: readonly string[];
  readonly usedns: string | undefined;
}

const wanted = ["usedns", "prefregex", "failregex", "ignoreregex", "maxlines", "datepattern", "journalmatch"];

/**
 * Reads a filter of fail2ban, `directory/name.conf`, with options as in `sshd[mode=aggressive]`. Throws where there is none,
 * or where it cannot be read.
 */
export function readFilter(path: string, options: Readonly<Record<string, string>>, read: Reader): Definition {
  const plain = path.replace(/\.conf$/, "");
  const config = readConfig([`${plain}.conf`, `${plain}.local`], read);
  if (config.files.length === 0) throw new Error(`there is no filter ${path}.conf`);
  const value = combined(config, new Map(Object.entries(options)));
  const lines = (name: string) => (value(name) ?? "").split("\n").filter((line) => line !== "");
  return {
    files: config.files,
    prefregex: value("prefregex") || undefined,
    failregex: lines("failregex"),
    ignoreregex: lines("ignoreregex"),
    datepattern: value("datepattern") || undefined,
    maxlines: Number(value("maxlines") ?? 1) || 1,
    journalmatch: lines("journalmatch"),
    usedns: value("usedns"),
  };
}

/** More replacements of one tag in one value are a mistake. */
const mostReplaced = 25;

/** The values of [Definition], of what was given, and of [Init], with `<name>` in them filled in from each other. */
function combined(config: Config, given: ReadonlyMap<string, string>): (name: string) => string | undefined {
  const options = new Map<string, string>();
  for (const name of wanted) {
    const value = given.has(name) ? undefined : config.value("Definition", name, given);
    if (value !== undefined) options.set(name, value);
  }
  for (const [name, value] of given) options.set(name, value);
  for (const name of config.options("Init")) {
    const value = config.value("Init", name);
    if (value === undefined) continue;
    options.set(`known/${name}`, value);
    if (!options.has(name)) options.set(name, value);
  }
  const replacement = (tag: string) => options.get(tag) ?? config.value("Definition", tag, given);

  return (name) => {
    let text = options.get(name);
    if (text === undefined) return undefined;
    const counts = new Map<string, number>();
    for (let from = 0; ; ) {
      const tag = /<([^ <>]+)>/g;
      tag.lastIndex = from;
      const found = tag.exec(text);
      if (!found) {
        // What has come in may have made tags before it.
        if (counts.size === 0) return text;
        counts.clear();
        if (![...text.matchAll(/<([^ <>]+)>/g)].some(([, inner]) => replacement(inner!) !== undefined)) return text;
        from = 0;
        continue;
      }
      const [written, inner = ""] = found;
      const value = replacement(inner);
      if (value === undefined) {
        from = found.index + 1;
        continue;
      }
      const count = (counts.get(inner) ?? 0) + 1;
      counts.set(inner, count);
      if (inner === name || count > mostReplaced) throw new Error(`${name}: <${inner}> speaks of itself`);
      text = text.replaceAll(written, () => value);
      from = 0;
    }
  };
}

/** Takes `sshd[mode=aggressive, port="22,2222"]` apart. Throws where it cannot. */
export function parseFilterName(text: string): { readonly name: string; readonly options: Record<string, string> } {
  const [, name, inside] = /^([^[]+)(?:\[(.*)\])?\s*$/s.exec(text) ?? [];
  if (name === undefined) throw new Error(`"${text}" should be a name, or a name with options: sshd[mode=aggressive]`);
  const options: Record<string, string> = {};
  let rest = (inside ?? "").trim();
  while (rest !== "") {
    const found = /^([\w.-]+)=(?:"([^"]*)"|'([^']*)'|([^,\]]*))\s*(?:,|\]\s*\[|$)\s*/.exec(rest);
    if (!found) throw new Error(`"${rest}" should be an option: mode=aggressive`);
    options[found[1]!] = (found[2] ?? found[3] ?? found[4]!).trim();
    rest = rest.slice(found[0].length);
  }
  return { name: name.trim(), options };
}
