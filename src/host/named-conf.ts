/** A zone that this server has the master copy of. */
export interface PrimaryZone {
  readonly name: string;
  readonly file: string;
  /** It takes changes over the network (RFC 2136), so its file is BIND's own. */
  readonly isDynamic: boolean;
}

/** Comments of three kinds, strings, and what else there is (named.conf(5)). */
const token = /\/\*[\s\S]*?\*\/|(?:\/\/|#)[^\n]*|"(?:[^"\\]|\\.)*"|[{};]|[^\s{};"]+/g;

type Node = readonly (string | readonly Node[])[];

/** Statements, each a list of words and blocks. */
function statementsOf(words: string[]): Node[] {
  const statements: Node[] = [];
  let current: (string | Node[])[] = [];
  for (let word = words.shift(); word !== undefined && word !== "}"; word = words.shift()) {
    if (word === "{") current.push(statementsOf(words));
    else if (word !== ";") current.push(word);
    else {
      if (current.length > 0) statements.push(current);
      current = [];
    }
  }
  if (current.length > 0) statements.push(current);
  return statements;
}

const plain = (word: unknown): string => (typeof word === "string" ? word.replace(/^"|"$/g, "") : "");

/** Primary zones in the texts of configuration files, also those in views. Relative file names are in `directory`. */
export function primaryZones(texts: Iterable<string>): PrimaryZone[] {
  const all = [...texts].flatMap((text) =>
    statementsOf([...text.matchAll(token)].map(([word]) => word).filter((word) => !/^(\/\*|\/\/|#)/.test(word))),
  );
  const options = all.find(([keyword]) => keyword === "options")?.at(-1);
  const directory = plain(
    (Array.isArray(options) ? (options as Node[]) : []).find(([word]) => word === "directory")?.[1],
  );
  return zonesIn(all, directory || "/var/cache/bind");
}

function zonesIn(statements: readonly Node[], directory: string): PrimaryZone[] {
  return statements.flatMap((statement): PrimaryZone[] => {
    const [keyword, name] = statement;
    const body = statement.at(-1);
    if (!Array.isArray(body)) return [];
    const inside = body as Node[];
    if (keyword === "view") return zonesIn(inside, directory);
    const option = (wanted: string) => inside.find(([word]) => word === wanted);
    const file = plain(option("file")?.[1]);
    if (keyword !== "zone" || !file || !/^(master|primary)$/.test(plain(option("type")?.[1]))) return [];
    const updates = option("allow-update")?.at(-1);
    const takesUpdates = Array.isArray(updates) && !(updates.length === 1 && plain((updates[0] as Node)[0]) === "none");
    return [
      {
        name: plain(name).toLowerCase().replace(/\.$/, ""),
        file: file.startsWith("/") ? file : `${directory}/${file}`,
        isDynamic:
          takesUpdates || option("update-policy") !== undefined || plain(option("inline-signing")?.[1]) === "yes",
      },
    ];
  });
}
