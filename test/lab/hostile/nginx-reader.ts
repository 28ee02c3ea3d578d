/** A directive as nginx's own parser would see it. */
export interface Seen {
  readonly words: readonly string[];
  readonly body?: readonly Seen[];
}

/** Reads nginx's language by the rules of `ngx_conf_read_token`, written apart from the printer that it is held against. */
export function readNginx(text: string): Seen[] {
  let at = 0;
  const fail = (what: string): never => {
    throw new Error(`${what} at ${at}: ${text.slice(Math.max(0, at - 40), at + 20)}`);
  };
  const block = (depth: number): Seen[] => {
    const seen: Seen[] = [];
    let words: string[] = [];
    for (;;) {
      const character = text[at];
      if (character === undefined) {
        if (depth > 0 || words.length > 0) fail("unexpected end");
        return seen;
      }
      if (/[ \t\r\n]/.test(character)) at++;
      else if (character === "#") {
        while (at < text.length && text[at] !== "\n") at++;
      } else if (character === ";") {
        at++;
        if (words.length === 0) fail("unexpected ;");
        seen.push({ words });
        words = [];
      } else if (character === "{") {
        at++;
        if (words.length === 0) fail("unexpected {");
        seen.push({ words, body: block(depth + 1) });
        words = [];
      } else if (character === "}") {
        at++;
        if (depth === 0 || words.length > 0) fail("unexpected }");
        return seen;
      } else words.push(word());
    }
  };
  const word = (): string => {
    const quote = text[at] === '"' || text[at] === "'" ? text[at++] : undefined;
    let value = "";
    for (;;) {
      const character = text[at];
      if (character === undefined) return fail("unexpected end of a word");
      if (character === "\\") {
        const next = text[at + 1]!;
        value += { '"': '"', "'": "'", "\\": "\\", t: "\t", r: "\r", n: "\n" }[next] ?? `\\${next}`;
        at += 2;
      } else if (
        quote ? character === quote : /[ \t\r\n;{]/.test(character) && !(character === "{" && value.endsWith("$"))
      ) {
        if (quote) at++;
        if (quote && !/[ \t\r\n;{)]/.test(text[at] ?? "")) fail("something right after a quote");
        return value;
      } else {
        value += character;
        at++;
      }
    }
  };
  return block(0);
}
