import { withoutConditions } from "./conditions.ts";
import { type Texts, toJavaScript } from "./javascript.ts";
import { needlesOf } from "./needles.ts";
import { parseExpression } from "./python.ts";
import { type Node, sequence, within } from "./tree.ts";

/** An expression in Python's syntax, ready to be searched for. */
export interface Expression {
  /** As it was given. */
  readonly source: string;
  /** Names of its groups. */
  readonly names: readonly string[];
  /** Whether some of them are parts of others: `alt_user`, `tuple_id`. */
  readonly isComplex: boolean;
  /** Texts of which one is in whatever it matches, see {@link needlesOf}. */
  readonly needles: readonly string[] | undefined;
  /** Whether V8 can always run it in time that grows with the text only; else what it is that cannot. */
  readonly slow: string | undefined;
  /** The first match. Of a `plain` text it is known that it is ASCII, of one line, without carriage returns. */
  search(text: string, plain?: boolean): RegExpExecArray | undefined;
}

export interface CompileOptions {
  /** `^` and `$` are of each line. */
  readonly lines?: boolean;
  /** A name for the first group. What is before it in the match is found as well, by this name and `_before`. */
  readonly marked?: string;
}

/** Whether it is ASCII without carriage returns. */
export const isPlain = (text: string): boolean => !/[^\0-\x0c\x0e-\x7f]/.test(text);

/** Throws an {@link ExpressionError} where it cannot be read. */
export function compile(source: string, { lines = false, marked }: CompileOptions = {}): Expression {
  const parsed = parseExpression(source);
  const tree = withoutConditions(marked === undefined ? parsed.root : named(parsed.root, marked));
  const kept = new Map<number, RegExp>();
  const made = (texts: Texts): RegExp => {
    const key = Number(texts.wide) * 2 + Number(texts.breaks);
    let pattern = kept.get(key);
    if (!pattern) {
      pattern = new RegExp(toJavaScript(tree, texts), "m");
      kept.set(key, pattern);
    }
    return pattern;
  };
  const plain = made({ wide: false, breaks: false, lines });
  return {
    source,
    names: [...parsed.groups.keys()],
    isComplex: [...parsed.groups.keys()].some((name) => /^(alt|tuple)_/.test(name)),
    needles: needlesOf(tree),
    get slow() {
      return slowPart(tree) ?? (runsInLinearTime(plain.source) ? undefined : "it is too long");
    },
    search(text, isKnownPlain = false) {
      if (isKnownPlain) return plain.exec(text) ?? undefined;
      const newline = lines ? -1 : text.indexOf("\n");
      const breaks = (newline >= 0 && newline < text.length - 1) || text.includes("\r");
      const wide = beyondAscii.test(text);
      const pattern = breaks || wide ? made({ wide, breaks, lines }) : plain;
      return pattern.exec(text) ?? undefined;
    },
  };
}

const beyondAscii = /[^\0-\x7f]/;

/** Gives the first group a name, and what stands before it. */
function named(root: Node, name: string): Node {
  const parts = root.is === "all" ? root.parts : [root];
  const at = parts.findIndex((part) => [...within(part)].some((node) => node.is === "group" && node.number === 1));
  const before: Node = { is: "group", name: `${name}_before`, number: 0, body: sequence(parts.slice(0, at)) };
  if (at > 0) return sequence([before, ...parts.slice(at).map((part) => renamed(part, name))]);
  return renamed(root, name);
}

function renamed(root: Node, name: string): Node {
  const rename = (node: Node): Node => {
    if (node.is === "group" && node.number === 1)
      return node.name === undefined ? { ...node, name } : { is: "group", name, number: 0, body: node };
    if (node.is === "all") return sequence(node.parts.map(rename));
    if (node.is === "either") return { ...node, options: node.options.map(rename) };
    if ("body" in node) return { ...node, body: rename(node.body) };
    return node;
  };
  return rename(root);
}

/** What needs to go back: no engine is known that does without. */
function slowPart(tree: Node): string | undefined {
  for (const node of within(tree)) {
    if (node.is === "look" && !(node.behind && ![...within(node.body)].some(({ is }) => is === "group")))
      return node.behind ? "a look behind" : "a look ahead";
    if (node.is === "again") return "a reference to a group";
    if (node.is === "atomic") return "an atomic group";
  }
  return undefined;
}

/** V8's flag `l` is for those alone, see `--enable-experimental-regexp-engine`. */
function runsInLinearTime(source: string): boolean {
  try {
    return new RegExp(source, "ml").source !== undefined;
  } catch {
    return false;
  }
}
